<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Keeping\StandingRule;
use EmergencyAccess\Signed\Pairing;
use EmergencyAccess\Signed\Refusal;

/** Sets the site's one standing rule. */
final class ProtectRoute implements Route {
	/** @var StandingRule */
	private $rule;
	/** @var Pairing */
	private $pairing;

	public function __construct( StandingRule $rule, Pairing $pairing ) {
		$this->rule    = $rule;
		$this->pairing = $pairing;
	}

	public function answer( Question $question, int $now ): array {
		if ( 1 !== count( $question->documents ) ) {
			throw new Refusal( 'bad_body' );
		}
		try {
			$this->rule->keep( $question->documents[0] );
		} catch ( Refusal $refusal ) {
			return array( 'answers' => array( Verdict::refused( null, $refusal ) ) );
		}
		return array( 'answers' => array( Verdict::done( $this->pairing->site() ) ) );
	}
}
