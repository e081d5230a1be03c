<?php
namespace EmergencyAccess\Signed;

/**
 * One patient's shop orders: those of the one customer who is that patient.
 *
 * The patient is the customer's number itself, or stands in a field of the
 * customer's account.
 */
final class OrderScope {
	const BY_ID   = 'customer_id';
	const BY_META = 'customer_meta';

	/** @var string */
	public $patient;
	/** @var string BY_ID or BY_META. */
	public $match;
	/** @var string Name of the field, '' with BY_ID. */
	public $key = '';
	/** @var string[] */
	public $verbs;

	/**
	 * @param mixed $claim
	 * @throws Refusal bad_scope.
	 */
	public static function from_claim( $claim, string $patient ): self {
		$scope          = new self();
		$scope->patient = $patient;
		$scope->match   = is_array( $claim ) ? ScopeText::matching( $claim['match'] ?? null, '/\Acustomer_(id|meta)\z/' ) : '';
		if ( self::BY_META === $scope->match ) {
			$claim      = ScopeText::map( $claim, array( 'capabilities', 'key', 'match' ) );
			$scope->key = ScopeText::matching( $claim['key'], '/\A[A-Za-z0-9_.:-]{1,191}\z/' );
		} else {
			$claim = ScopeText::map( $claim, array( 'capabilities', 'match' ) );
			// Customer 0 is every guest; a number has one spelling.
			ScopeText::matching( $patient, '/\A[1-9][0-9]{0,17}\z/' );
		}
		$scope->verbs = ScopeText::verbs( $claim['capabilities'], array( 'read', 'notes' ) );
		return $scope;
	}

	/** Whoever may add notes may read. */
	public function allows( string $verb ): bool {
		return in_array( $verb, $this->verbs, true ) || ( 'read' === $verb && in_array( 'notes', $this->verbs, true ) );
	}

	/** Whether everything $other opens is open with this one too. */
	public function covers( self $other ): bool {
		return array( $this->patient, $this->match, $this->key ) === array( $other->patient, $other->match, $other->key )
			&& array_filter( $other->verbs, array( $this, 'allows' ) ) === $other->verbs;
	}
}
