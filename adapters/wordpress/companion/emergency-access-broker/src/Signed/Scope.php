<?php
namespace EmergencyAccess\Signed;

/** What a lease opens: one patient's posts, that patient's orders, and/or named primitive capabilities. */
final class Scope {
	/** @var PostScope|null */
	public $posts;
	/** @var OrderScope|null */
	public $orders;
	/** @var string[] */
	public $primitives = array();
	/** @var bool Whether only the login session that uses it first may use it. */
	public $first_session = false;

	/**
	 * @param mixed $claim
	 * @throws Refusal bad_scope or forbidden_capability.
	 */
	public static function from_claim( $claim ): self {
		if ( ! is_array( $claim ) || ! $claim || array_diff( array_keys( $claim ), array( 'patient', 'posts', 'orders', 'primitives', 'session' ) ) ) {
			throw new Refusal( 'bad_scope' );
		}
		$scope = new self();
		if ( array_key_exists( 'patient', $claim ) ) {
			$scope->limit( $claim, ScopeText::matching( $claim['patient'], '/\A[^\x00-\x1f\x7f]{1,191}\z/' ) );
		}
		if ( isset( $claim['patient'] ) !== ( array_key_exists( 'posts', $claim ) || array_key_exists( 'orders', $claim ) ) ) {
			throw new Refusal( 'bad_scope' );
		}
		if ( array_key_exists( 'primitives', $claim ) ) {
			$scope->primitives = self::primitives( ScopeText::words( $claim['primitives'] ) );
		}
		if ( array_key_exists( 'session', $claim ) ) {
			ScopeText::matching( $claim['session'], '/\Afirst\z/' );
			$scope->first_session = true;
		}
		if ( ! $scope->posts && ! $scope->orders && ! $scope->primitives ) {
			throw new Refusal( 'bad_scope' );
		}
		return $scope;
	}

	/** Whether everything $other opens is open with this one too. */
	public function covers( self $other ): bool {
		return ( ! $other->posts || ( $this->posts && $this->posts->covers( $other->posts ) ) )
			&& ( ! $other->orders || ( $this->orders && $this->orders->covers( $other->orders ) ) )
			&& ! array_diff( $other->primitives, $this->primitives )
			&& ( ! $this->first_session || $other->first_session );
	}

	/** @param array<string,mixed> $claim */
	private function limit( array $claim, string $patient ): void {
		if ( array_key_exists( 'posts', $claim ) ) {
			$this->posts = PostScope::from_claim( $claim['posts'], $patient );
		}
		if ( array_key_exists( 'orders', $claim ) ) {
			$this->orders = OrderScope::from_claim( $claim['orders'], $patient );
		}
	}

	/**
	 * @param string[] $names
	 * @return string[]
	 */
	private static function primitives( array $names ): array {
		foreach ( $names as $name ) {
			ScopeText::matching( $name, '/\A[a-z][a-z0-9_]{0,63}\z/' );
		}
		if ( array_filter( $names, array( NeverGrant::class, 'forbids' ) ) ) {
			throw new Refusal( 'forbidden_capability' );
		}
		return $names;
	}
}
