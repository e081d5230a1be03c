<?php
namespace EmergencyAccess\Telling;

/** How the status page looks; cells are escaped already. */
final class StatusTable {
	// Narrow screens get one row below the other. What a browser forgets of a table then, the roles keep.
	const STYLE = '<style>
		.emergency-access-status table { max-width: 60rem; }
		.emergency-access-status th { text-align: left; }
		.emergency-access-status td, .emergency-access-status dd { overflow-wrap: anywhere; }
		.emergency-access-status dl { display: grid; grid-template-columns: max-content 1fr; gap: .5rem 1.5rem; max-width: 60rem; }
		.emergency-access-status dt { font-weight: 600; }
		.emergency-access-status dd { margin: 0; }
		.emergency-access-status dd ul { margin: 0; }
		@media (max-width: 600px) {
			.emergency-access-status thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
			.emergency-access-status table, .emergency-access-status tbody, .emergency-access-status tr, .emergency-access-status td { display: block; }
			.emergency-access-status td::before { content: attr(data-head) ": "; font-weight: 600; }
			.emergency-access-status dl { grid-template-columns: 1fr; gap: 0; }
			.emergency-access-status dd { margin-bottom: .75rem; }
		}
	</style>';

	/** @var bool */
	private static $styled = false;

	/**
	 * @param string[]   $heads
	 * @param string[][] $rows
	 * @param string     $none What to say instead of an empty table; '' to say nothing at all.
	 */
	public static function show( string $title, array $heads, array $rows, string $none ): void {
		self::style();
		if ( $rows || '' !== $none ) {
			echo '<h2>' . esc_html( $title ) . '</h2>';
		}
		if ( ! $rows ) {
			echo '' === $none ? '' : '<p>' . esc_html( $none ) . '</p>';
			return;
		}
		echo '<table class="widefat striped" role="table"><caption class="screen-reader-text">' . esc_html( $title ) . '</caption><thead role="rowgroup"><tr role="row">';
		foreach ( $heads as $head ) {
			echo '<th scope="col" role="columnheader">' . esc_html( $head ) . '</th>';
		}
		echo '</tr></thead><tbody role="rowgroup">';
		foreach ( $rows as $row ) {
			echo '<tr role="row">';
			foreach ( $row as $at => $cell ) {
				echo '<td role="cell" data-head="' . esc_attr( $heads[ $at ] ) . '">' . $cell . '</td>'; // phpcs:ignore WordPress.Security.EscapeOutput
			}
			echo '</tr>';
		}
		echo '</tbody></table>';
	}

	/** @param array<string,string> $lines */
	public static function lines( string $title, array $lines ): void {
		self::style();
		echo '<h2>' . esc_html( $title ) . '</h2><dl>';
		foreach ( $lines as $name => $text ) {
			echo '<dt>' . esc_html( $name ) . '</dt><dd>' . $text . '</dd>'; // phpcs:ignore WordPress.Security.EscapeOutput
		}
		echo '</dl>';
	}

	/** In the site's own zone, which is named. */
	public static function time( int $when, string $format = 'j F Y, H:i' ): string {
		$zone = wp_timezone_string();
		$name = preg_match( '/[A-Za-z]/', $zone ) ? (string) wp_date( 'T', $when ) : ( '+00:00' === $zone ? 'UTC' : 'UTC' . $zone );
		return '<time datetime="' . esc_attr( gmdate( 'Y-m-d\TH:i:s\Z', $when ) ) . '">' . esc_html( wp_date( $format, $when ) . ' ' . $name ) . '</time>';
	}

	private static function style(): void {
		if ( ! self::$styled ) {
			self::$styled = true;
			echo self::STYLE; // phpcs:ignore WordPress.Security.EscapeOutput
		}
	}
}
