<?php
namespace EmergencyAccess;

/** What a lease opens: one patient's posts of one type, and/or named primitive capabilities. */
final class Scope {
	const LIMITED = array( 'capabilities', 'meta_key', 'patient', 'post_type' );

	/** @var string */
	public $patient = '';
	/** @var string */
	public $post_type = '';
	/** @var string */
	public $meta_key = '';
	/** @var string[] */
	public $verbs = array();
	/** @var string[] */
	public $primitives = array();

	/**
	 * @param mixed $claim
	 * @throws Refusal bad_scope or forbidden_capability.
	 */
	public static function from_claim( $claim ): self {
		$keys = is_array( $claim ) ? array_diff( array_keys( $claim ), array( 'primitives' ) ) : array();
		sort( $keys );
		if ( ! is_array( $claim ) || ! $claim || ( $keys && self::LIMITED !== $keys ) ) {
			throw new Refusal( 'bad_scope' );
		}
		$scope = new self();
		if ( $keys ) {
			$scope->limit( $claim );
		}
		if ( array_key_exists( 'primitives', $claim ) ) {
			$scope->primitives = self::primitives( self::words( $claim['primitives'] ) );
		}
		return $scope;
	}

	/** Whoever may edit may read. */
	public function allows( string $verb ): bool {
		return in_array( $verb, $this->verbs, true ) || ( 'read' === $verb && in_array( 'edit', $this->verbs, true ) );
	}

	/** Whether everything $other opens is open with this one too. */
	public function covers( self $other ): bool {
		$same_posts = array( $this->patient, $this->post_type, $this->meta_key ) === array( $other->patient, $other->post_type, $other->meta_key );
		return ( '' === $other->patient || ( $same_posts && array_filter( $other->verbs, array( $this, 'allows' ) ) === $other->verbs ) )
			&& ! array_diff( $other->primitives, $this->primitives );
	}

	/** @param array<string,mixed> $claim */
	private function limit( array $claim ): void {
		$this->patient   = self::matching( $claim['patient'], '/\A[^\x00-\x1f\x7f]{1,191}\z/' );
		$this->post_type = self::matching( $claim['post_type'], '/\A[a-z0-9_-]{1,20}\z/' );
		$this->meta_key  = self::matching( $claim['meta_key'], '/\A[A-Za-z0-9_.:-]{1,191}\z/' );
		$this->verbs     = self::words( $claim['capabilities'] );
		if ( array_diff( $this->verbs, array( 'read', 'edit' ) ) ) {
			throw new Refusal( 'bad_scope' );
		}
	}

	/** @param mixed $value */
	private static function matching( $value, string $pattern ): string {
		if ( ! is_string( $value ) || ! preg_match( $pattern, $value ) ) {
			throw new Refusal( 'bad_scope' );
		}
		return $value;
	}

	/**
	 * @param mixed $value
	 * @return string[]
	 */
	private static function words( $value ): array {
		if ( ! is_array( $value ) || ! $value || count( $value ) > 50 || array_values( $value ) !== $value
			|| array_filter( $value, 'is_string' ) !== $value ) {
			throw new Refusal( 'bad_scope' );
		}
		return $value;
	}

	/**
	 * @param string[] $names
	 * @return string[]
	 */
	private static function primitives( array $names ): array {
		foreach ( $names as $name ) {
			self::matching( $name, '/\A[a-z][a-z0-9_]{0,63}\z/' );
		}
		if ( array_filter( $names, array( NeverGrant::class, 'forbids' ) ) ) {
			throw new Refusal( 'forbidden_capability' );
		}
		return $names;
	}
}
