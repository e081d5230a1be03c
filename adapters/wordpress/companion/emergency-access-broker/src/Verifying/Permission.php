<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Signed\Refusal;

/** One thing a grant allows (an object of RFC 9396): on one patient's data of these types, these actions. */
final class Permission {
	/** @var string The grant, as the broker names it. */
	public $identifier;
	/** @var string The clinic's own id. */
	public $patient;
	/** @var string[] */
	public $datatypes;
	/** @var string[] */
	public $actions;
	/** @var string */
	public $purpose;

	/** @throws Refusal bad_claims. */
	public function __construct( Said $detail ) {
		$this->identifier = $detail->text( 'identifier' );
		$this->patient    = $detail->text( 'patient' );
		$this->datatypes  = $detail->texts( 'datatypes' );
		$this->actions    = $detail->texts( 'actions' );
		$this->purpose    = $detail->text( 'purpose_of_use' );
	}

	public function covers( string $patient, string $datatype, string $action ): bool {
		return $this->patient === $patient
			&& in_array( $datatype, $this->datatypes, true )
			&& in_array( $action, $this->actions, true );
	}
}
