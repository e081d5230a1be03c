<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Keeping\Register;

/** Takes grants back, for good. */
final class RevokeRoute implements Route {
	/** @var Register */
	private $register;

	public function __construct( Register $register ) {
		$this->register = $register;
	}

	public function answer( Question $question, int $now ): array {
		return array( 'answers' => $this->register->revoke( $question->documents, $now ) );
	}
}
