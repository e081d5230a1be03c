<?php
namespace EmergencyAccess\Signed;

/** The broker's word that a grant is over. It is never too late and never too early. */
final class Revocation {
	const TYPE = 'revocation+jwt';

	/** @var string */
	public $jws;
	/** @var string */
	public $grant;
	/** @var int */
	public $version;
	/** @var int Until when a late lease must still be recognised. */
	public $keep_until;

	/** @throws Refusal With the reason. */
	public static function verify( string $jws, Pairing $pairing ): self {
		$claims     = Claims::open( $jws, self::TYPE, $pairing );
		$revocation = new self();
		$claims->instant( 'iat' );

		$revocation->jws        = $jws;
		$revocation->grant      = $claims->id( 'grant' );
		$revocation->version    = $claims->whole( 'ver' );
		$revocation->keep_until = $claims->instant( 'keep' );
		return $revocation;
	}
}
