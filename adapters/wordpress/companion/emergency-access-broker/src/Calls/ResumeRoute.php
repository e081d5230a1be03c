<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Keeping\LeaseTable;
use EmergencyAccess\Keeping\Mark;

/** The broker has sent every end anew: leases count again, each from when it is applied again. */
final class ResumeRoute implements Route {
	/** @var Mark */
	private $mark;
	/** @var LeaseTable */
	private $table;

	public function __construct( Mark $mark, LeaseTable $table ) {
		$this->mark  = $mark;
		$this->table = $table;
	}

	public function answer( Question $question, int $now ): array {
		// What an old database says is live is not believed, even if the broker forgot an end.
		$this->table->distrust_open();
		$this->mark->resume( $question->mark );
		return array();
	}
}
