<?php
namespace EmergencyAccess\Signed;

/** The broker's standing rule for a network's site: what its super administrators are kept from without a lease. */
final class Protection {
	const TYPE = 'protection+jwt';

	/** @var string */
	public $jws;
	/** @var bool */
	public $stops_super_admins;
	/** @var string[] */
	public $post_types;
	/** @var bool */
	public $orders;
	/** @var int */
	public $version;

	/** @throws Refusal With the reason. */
	public static function verify( string $jws, Pairing $pairing ): self {
		$claims = Claims::open( $jws, self::TYPE, $pairing );
		$rule   = new self();
		$said   = $claims->any( 'super_admins' );
		if ( ! in_array( $said, array( 'stopped', 'free' ), true ) || ! is_bool( $claims->any( 'orders' ) ) ) {
			throw new Refusal( 'bad_claims' );
		}
		$rule->jws                = $jws;
		$rule->stops_super_admins = 'stopped' === $said;
		$rule->post_types         = $claims->texts( 'post_types', 20 );
		$rule->orders             = $claims->any( 'orders' );
		$rule->version            = $claims->whole( 'ver' );
		$claims->instant( 'iat' );
		return $rule;
	}
}
