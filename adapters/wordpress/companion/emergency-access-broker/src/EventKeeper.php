<?php
namespace EmergencyAccess;

/** Writes down what the companion's other parts tell of, in this request or by the broker's order. */
final class EventKeeper {
	/** Told once a minute for the same object; everything else is told each time. */
	const FOLDED = array( 'opened', 'listed', 'changed', 'noted', 'denied', 'signed_in', 'used' );

	/** @var EventChain */
	private $chain;
	/** @var callable():void */
	private $on_failure;
	/** @var array<string,true> */
	private $told = array();

	/** @param callable():void $on_failure What to do when it cannot be written. */
	public function __construct( EventChain $chain, callable $on_failure ) {
		$this->chain      = $chain;
		$this->on_failure = $on_failure;
	}

	public function hook(): void {
		add_action( Occurrence::ACTION, array( $this, 'keep' ), 10, 4 );
	}

	/** @param array<string,string|int> $facts */
	public function keep( string $kind, string $grant, string $account, array $facts = array() ): void {
		$event = new Event( $kind, $grant, $account, $facts );
		try {
			$this->write( $event, time() );
		} catch ( StorageFailed $failure ) {
			error_log( "Emergency access: an event ($kind) could not be recorded: " . $failure->getMessage() ); // phpcs:ignore
			( $this->on_failure )();
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
