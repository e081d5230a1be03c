<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Keeping\StorageFailed;

/** Events that could not be written: counted, and told of as soon as something can be written again. */
final class LostEvents {
	const NAME = 'lost';

	/** @var Seen */
	private $seen;

	public function __construct( Seen $seen ) {
		$this->seen = $seen;
	}

	public function count( int $now ): void {
		list( $since, $count ) = $this->read();
		$this->seen->put( self::NAME, ( $count ? $since : $now ) . ' ' . ( $count + 1 ) );
	}

	public function any(): bool {
		return $this->read()[1] > 0;
	}

	/** @throws StorageFailed When it still cannot be written. */
	public function tell( EventChain $chain, int $now ): void {
		list( $since, $count ) = $this->read();
		if ( $count ) {
			$chain->append( new Event( 'events_lost', '', '', array( 'since' => $since, 'count' => $count ) ), $now );
			$this->seen->put( self::NAME, null );
		}
	}

	/** @return array{0:int,1:int} Since when, and how many. */
	private function read(): array {
		$kept = explode( ' ', (string) $this->seen->one( self::NAME ) );
		return array( (int) $kept[0], (int) ( $kept[1] ?? 0 ) );
	}
}
