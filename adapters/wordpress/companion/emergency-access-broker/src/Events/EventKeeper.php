<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Keeping\StorageFailed;

/** Writes down what the companion's other parts tell of, in this request or by the broker's order. */
final class EventKeeper {
	/** Told once a minute for the same object; everything else is told each time. */
	const FOLDED = array( 'opened', 'listed', 'changed', 'noted', 'denied', 'signed_in', 'used' );

	/** Said when an event could not be written: whoever gives access then gives no more. */
	const LOST = 'emergency_access_event_lost';

	/** @var EventChain */
	private $chain;
	/** @var LostEvents */
	private $lost;
	/** @var array<string,true> */
	private $told = array();

	public function __construct( EventChain $chain, LostEvents $lost ) {
		$this->chain = $chain;
		$this->lost  = $lost;
	}

	/** @param array<string,string|int> $facts */
	public function keep( string $kind, string $grant, string $account, array $facts = array() ): void {
		$event = new Event( $kind, $grant, $account, $facts );
		try {
			$this->write( $event, time() );
		} catch ( StorageFailed $failure ) {
			error_log( "Emergency access: an event ($kind) could not be recorded: " . $failure->getMessage() ); // phpcs:ignore
			$this->lost->count( time() );
			do_action( self::LOST );
		}
	}

	private function write( Event $event, int $now ): void {
		if ( ! in_array( $event->kind, self::FOLDED, true ) ) {
			$this->chain->append( $event, $now );
			return;
		}
		$about = $event->about();
		if ( ! isset( $this->told[ $about ] ) ) {
			$this->chain->append_once( $event, $now );
			$this->told[ $about ] = true;
		}
	}
}
