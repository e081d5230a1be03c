<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Events\Comparison;
use EmergencyAccess\Events\EventChain;
use EmergencyAccess\Events\LostEvents;

/** What happened since the event the broker has; asking for what follows it says that it was pulled. */
final class EventsRoute implements Route {
	/** Pulled events are kept so long, for who looks at the site itself. */
	const KEEP = 30 * 86400;

	/** @var EventChain */
	private $chain;
	/** @var Comparison */
	private $comparison;
	/** @var LostEvents */
	private $lost;

	public function __construct( EventChain $chain, Comparison $comparison, LostEvents $lost ) {
		$this->chain      = $chain;
		$this->comparison = $comparison;
		$this->lost       = $lost;
	}

	public function answer( Question $question, int $now ): array {
		$this->lost->tell( $this->chain, $now );
		$this->comparison->look( $now );
		$this->chain->prune( $question->after, $now - self::KEEP );
		// The end first: what comes in between is for the next call.
		$head = $this->chain->head();
		return array( 'events' => $this->chain->page( $question->after, $head['seq'] ), 'head' => $head );
	}
}
