<?php
namespace EmergencyAccess\Lending;

use EmergencyAccess\Signed\Lease;

/** Tells the holder on the site's own pages that they hold emergency access, and when it is over. */
final class HolderNotice {
	const SCRIPT = 'emergency-access-holder';

	/** @var Elevation */
	private $elevation;

	public function __construct( Elevation $elevation ) {
		$this->elevation = $elevation;
	}

	public function hook(): void {
		add_action( 'admin_notices', array( $this, 'show' ) );
		add_action( 'woocommerce_account_content', array( $this, 'show' ), 1 );
		add_action( 'enqueue_block_editor_assets', array( $this, 'show_in_editor' ) );
	}

	public function show(): void {
		$ends = $this->ends();
		if ( $ends ) {
			echo '<div class="notice notice-warning"><p>' . esc_html( self::until( $ends ) ) . '</p></div>';
		}
	}

	/** The block editor covers the page's notices with itself, and stays open past the end. */
	public function show_in_editor(): void {
		$ends = $this->ends();
		if ( ! $ends ) {
			return;
		}
		wp_register_script( self::SCRIPT, '', array( 'wp-dom-ready', 'wp-data', 'wp-notices' ), EMERGENCY_ACCESS_COMPANION, true );
		wp_enqueue_script( self::SCRIPT );
		$over = 'Emergency access is over. What is typed from now on is not saved. Ask for access again in the broker.';
		wp_add_inline_script(
			self::SCRIPT,
			'wp.domReady( function () {
				var say = function ( kind, text ) {
					wp.data.dispatch( "core/notices" ).createNotice( kind, text, { id: "emergency-access", isDismissible: false } );
				};
				say( "warning", ' . wp_json_encode( self::until( $ends ) ) . ' );
				setTimeout( function () { say( "error", ' . wp_json_encode( $over ) . ' ); }, ' . (int) ( 1000 * max( 0, $ends - time() ) ) . ' );
			} );'
		);
	}

	private static function until( int $ends ): string {
		return sprintf( 'Emergency access until %s. It is recorded and reviewed. Save before it ends.', wp_date( 'H:i', $ends ) . ' ' . self::zone( $ends ) );
	}

	/** The abbreviation people know, or the distance from UTC where the site is set to no place. */
	private static function zone( int $when ): string {
		$zone = wp_timezone_string();
		if ( preg_match( '/[A-Za-z]/', $zone ) ) {
			return (string) wp_date( 'T', $when );
		}
		return '+00:00' === $zone ? 'UTC' : 'UTC' . $zone;
	}

	/** When the first of the things held is over; one that another lease goes on opening ends with that one. */
	private function ends(): int {
		$leases = $this->elevation->leases( $this->elevation->user_id() );
		$ends   = array();
		foreach ( $leases as $lease ) {
			$ends[] = $this->last_end( $lease, $leases );
		}
		return $ends ? min( $ends ) : 0;
	}

	/** @param Lease[] $leases */
	private function last_end( Lease $lease, array $leases ): int {
		$end = $lease->expires_at;
		foreach ( $leases as $other ) {
			if ( $other->scope->covers( $lease->scope ) ) {
				$end = max( $end, $other->expires_at );
			}
		}
		return $end;
	}
}
