<?php
namespace EmergencyAccess;

/** The broker has sent everything anew: leases count again. */
final class ResumeRoute implements Route {
	/** @var Mark */
	private $mark;

	public function __construct( Mark $mark ) {
		$this->mark = $mark;
	}

	public function answer( Question $question, int $now ): array {
		$this->mark->resume( $question->mark );
		return array();
	}
}
