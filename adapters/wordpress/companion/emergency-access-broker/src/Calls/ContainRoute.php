<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Containing\Contain;

/** Closes accounts, and lets go of them again. */
final class ContainRoute implements Route {
	/** @var Contain */
	private $contain;

	public function __construct( Contain $contain ) {
		$this->contain = $contain;
	}

	public function answer( Question $question, int $now ): array {
		$answers = array();
		foreach ( $question->documents as $jws ) {
			$answers[] = $this->contain->obey( $jws, $now );
		}
		return array( 'answers' => $answers );
	}
}
