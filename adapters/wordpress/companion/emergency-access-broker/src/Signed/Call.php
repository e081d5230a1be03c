<?php
namespace EmergencyAccess\Signed;

/** The signed envelope of one request from the broker: this route, this body, once, now. */
final class Call {
	const TYPE = 'call+jwt';

	/** How far the two clocks may differ. */
	const SKEW = 60;

	/**
	 * For everything but a new lease: a site whose clock is wrong must still be able to
	 * take access back, and repeating such a call gives nobody anything.
	 */
	const WIDE_SKEW = 86400;

	/** @var string */
	public $nonce;
	/** @var int The highest version of any document the broker has made for this site. */
	public $mark;
	/** @var int */
	public $keep_until;

	/** @throws Refusal With the reason. */
	public static function verify( string $jws, Pairing $pairing, string $route, string $body, int $now, bool $gives ): self {
		$claims  = Claims::open( $jws, self::TYPE, $pairing );
		$issued  = $claims->instant( 'iat' );
		$expires = $claims->instant( 'exp' );
		$call    = new self();

		$call->nonce = $claims->id( 'jti' );
		$call->mark  = $claims->whole( 'mark' );
		if ( $claims->any( 'method' ) !== 'POST' || $claims->any( 'route' ) !== $route ) {
			throw new Refusal( 'wrong_route' );
		}
		if ( ! hash_equals( Jws::encode( hash( 'sha256', $body, true ) ), $claims->text( 'body', 64 ) ) ) {
			throw new Refusal( 'wrong_body' );
		}
		$early = $gives ? self::SKEW : self::WIDE_SKEW;
		$late  = $gives ? 0 : self::WIDE_SKEW;
		if ( $now >= $expires + $late || $now < $issued - $early ) {
			throw new Refusal( 'clock_skew' );
		}
		$call->keep_until = $expires + self::WIDE_SKEW + self::SKEW;
		return $call;
	}
}
