<?php
namespace EmergencyAccess\Signed;

/** One lease whose signature, broker, audience and shape were checked. Times are seconds since 1970. */
final class Lease {
	const TYPE              = 'lease+jwt';
	const LONGEST           = 86400;
	const NOT_BEFORE_LEEWAY = 60;

	/** @var string */
	public $jws;
	/** @var string */
	public $grant;
	/** @var string */
	public $account;
	/** @var string */
	public $entitlement;
	/** @var int */
	public $not_before;
	/** @var int */
	public $expires_at;
	/** @var int */
	public $version;
	/** @var Scope */
	public $scope;

	/** @throws Refusal With the reason, times apart: see must_be_live. */
	public static function verify( string $jws, Pairing $pairing ): self {
		$claims = Claims::open( $jws, self::TYPE, $pairing );
		$lease  = new self();

		$lease->jws        = $jws;
		$lease->not_before = $claims->instant( 'nbf' );
		$lease->expires_at = $claims->instant( 'exp' );
		$claims->instant( 'iat' );
		if ( ! is_array( $claims->any( 'scope' ) ) || $lease->expires_at <= $lease->not_before ) {
			throw new Refusal( 'bad_claims' );
		}
		if ( $lease->expires_at - $lease->not_before > self::LONGEST ) {
			throw new Refusal( 'too_long' );
		}
		$lease->grant       = $claims->id( 'grant' );
		$lease->account     = $claims->text( 'sub', 60 );
		$lease->entitlement = $claims->text( 'entitlement', 100 );
		$lease->version     = $claims->whole( 'ver' );
		$lease->scope       = Scope::from_claim( $claims->any( 'scope' ) );
		return $lease;
	}

	/** Leeway before the beginning, none at the end. */
	public function is_live( int $now ): bool {
		return $now < $this->expires_at && $now >= $this->not_before - self::NOT_BEFORE_LEEWAY;
	}

	/** @throws Refusal expired or not_yet. */
	public function must_be_live( int $now ): void {
		if ( ! $this->is_live( $now ) ) {
			throw new Refusal( $now >= $this->expires_at ? 'expired' : 'not_yet' );
		}
	}
}
