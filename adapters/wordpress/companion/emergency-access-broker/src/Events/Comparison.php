<?php
namespace EmergencyAccess\Events;

/**
 * Compares how things stand with how they stood, on the broker's calls only, and tells of what was
 * changed past WordPress: in the database, in files, by code that tells nobody.
 */
final class Comparison {
	const PAUSE = 60;
	const BEGAN = 'began:';

	/** Of one group at one time; the rest is one event that says how many. */
	const MOST = 50;

	/** @var Seen */
	private $seen;
	/** @var Watched[] */
	private $watched;

	/** @param Watched[] $watched */
	public function __construct( Seen $seen, array $watched ) {
		$this->seen    = $seen;
		$this->watched = $watched;
	}

	public static function of_site( \wpdb $db ): self {
		return new self( new Seen( $db ), array( new PowerfulAccounts( $db ), new ShopKeyList( $db ), new StoredOptions( $db ), new SiteFiles() ) );
	}

	/** At most once a minute. */
	public function look( int $now ): void {
		if ( $this->seen->may_look( $now, self::PAUSE ) ) {
			foreach ( $this->watched as $watched ) {
				$this->compare( $watched, $now, array( 'found' => 'afterwards' ) );
			}
		}
	}

	/** What the broker itself had done a moment ago, straight in the database. */
	public function look_at_own_work( int $now ): void {
		foreach ( $this->watched as $watched ) {
			if ( $watched instanceof PowerfulAccounts || $watched instanceof ShopKeyList ) {
				$this->compare( $watched, $now, Someone::means() );
			}
		}
	}

	/** @return string[] Groups that could not be looked at the last time. */
	public function blind(): array {
		return array_map(
			static function ( string $name ): string {
				return explode( ':', $name )[1];
			},
			array_keys( $this->seen->all( 'blind' ) )
		);
	}

	/** @param array<string,string> $marks Facts that go with each event. */
	private function compare( Watched $watched, int $now, array $marks ): void {
		$group = $watched->group();
		$is    = $watched->present();
		$this->seen->put( "blind:$group", null === $is ? (string) $now : null );
		if ( null === $is ) {
			return;
		}
		$was = $this->seen->all( $group );
		if ( null === $this->seen->one( self::BEGAN . $group ) ) {
			$this->begin( $group, $was, $is, $now );
			return;
		}
		$told = 0;
		foreach ( array_keys( $was + $is ) as $name ) {
			$before = $was[ $name ] ?? null;
			$after  = $is[ $name ] ?? null;
			if ( $before !== $after ) {
				$this->seen->put( $name, $after );
				++$told <= self::MOST && self::tell( $watched->meaning( $name, $before, $after ), $marks );
			}
		}
		$told > self::MOST && Occurrence::tell( 'left_out', '', '', array( 'what' => $group, 'count' => $told - self::MOST ) + $marks );
	}

	/**
	 * That watching began, or began anew, is an event too: somebody may have emptied the table.
	 *
	 * @param array<string,string> $was
	 * @param array<string,string> $is
	 */
	private function begin( string $group, array $was, array $is, int $now ): void {
		foreach ( $was + $is as $name => $value ) {
			$this->seen->put( $name, $is[ $name ] ?? null );
		}
		$this->seen->put( self::BEGAN . $group, (string) $now );
		Occurrence::tell( 'watch_began', '', '', array( 'what' => $group, 'count' => count( $is ) ) );
	}

	/**
	 * @param array<int,array{0:string,1:array<string,string|int>}> $meanings
	 * @param array<string,string>                                  $marks
	 */
	private static function tell( array $meanings, array $marks ): void {
		foreach ( $meanings as list( $kind, $facts ) ) {
			Occurrence::tell( $kind, '', '', $facts + $marks );
		}
	}
}
