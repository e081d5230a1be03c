<?php
namespace EmergencyAccess\Signed;

/** One patient's posts of one type: those whose meta field names that patient and no other. */
final class PostScope {
	/** @var string */
	public $patient;
	/** @var string */
	public $post_type;
	/** @var string */
	public $meta_key;
	/** @var string[] */
	public $verbs;

	/**
	 * @param mixed $claim
	 * @throws Refusal bad_scope.
	 */
	public static function from_claim( $claim, string $patient ): self {
		$claim = ScopeText::map( $claim, array( 'capabilities', 'meta_key', 'post_type' ) );
		$scope = new self();

		// Orders have a scope of their own; as posts they would open without its rules.
		$scope->patient   = $patient;
		$scope->post_type = ScopeText::matching( $claim['post_type'], '/\A(?!shop_order)[a-z0-9_-]{1,20}\z/' );
		$scope->meta_key  = ScopeText::matching( $claim['meta_key'], '/\A[A-Za-z0-9_.:-]{1,191}\z/' );
		$scope->verbs     = ScopeText::verbs( $claim['capabilities'], array( 'read', 'edit' ) );
		return $scope;
	}

	/** Whoever may edit may read. */
	public function allows( string $verb ): bool {
		return in_array( $verb, $this->verbs, true ) || ( 'read' === $verb && in_array( 'edit', $this->verbs, true ) );
	}

	/** Whether everything $other opens is open with this one too. */
	public function covers( self $other ): bool {
		return array( $this->patient, $this->post_type, $this->meta_key ) === array( $other->patient, $other->post_type, $other->meta_key )
			&& array_filter( $other->verbs, array( $this, 'allows' ) ) === $other->verbs;
	}
}
