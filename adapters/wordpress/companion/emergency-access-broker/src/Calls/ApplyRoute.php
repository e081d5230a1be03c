<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Keeping\Halt;
use EmergencyAccess\Keeping\Register;
use EmergencyAccess\Signed\Lease;

/** Takes leases in, each unless something on this site stands against it. */
final class ApplyRoute implements Route {
	/** @var Register */
	private $register;
	/** @var Halt */
	private $halt;

	public function __construct( Register $register, Halt $halt ) {
		$this->register = $register;
		$this->halt     = $halt;
	}

	public function answer( Question $question, int $now ): array {
		$stopped   = $this->halt->of_all();
		$ended     = $this->halt->ended( $now );
		$objection = function ( Lease $lease ) use ( $stopped, $ended ): string {
			$reason = $stopped ? $stopped : $this->halt->of( $lease->account );
			$reason = ! $reason && isset( $ended[ $lease->grant ] ) ? 'revoked' : $reason;
			return $reason ? $reason : Objection::to( $lease );
		};
		$answers   = array();
		foreach ( $question->documents as $jws ) {
			$answers[] = $this->register->apply( $jws, $now, $objection );
		}
		return array( 'answers' => $answers );
	}
}
