<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Signed\Refusal;

/** Whether a request may in: its token checked from end to end, offline, and at the broker where that was asked for. */
final class TokenVerifier {
	const TYPE    = 'at+jwt';
	const AHEAD   = 10;
	const SCHEMES = array( 'bearer' => 'Bearer', 'dpop' => 'DPoP' );

	/** @var string */
	private $issuer;
	/** @var string */
	private $audience;
	/** @var KeyFinder */
	private $keys;
	/** @var callable(Proof,int):bool */
	private $first_time;
	/** @var Introspection|null */
	private $introspection;
	/** @var bool */
	private $dpop_required;

	/**
	 * @param string                   $issuer     The broker's address.
	 * @param string                   $audience   The one that tokens for this server name.
	 * @param callable(Proof,int):bool $first_time Remembers a proof's digest; of several at once exactly one hears true.
	 */
	public function __construct( string $issuer, string $audience, KeyFinder $keys, callable $first_time, ?Introspection $introspection = null, bool $dpop_required = false ) {
		$this->issuer        = rtrim( $issuer, '/' );
		$this->audience      = $audience;
		$this->keys          = $keys;
		$this->first_time    = $first_time;
		$this->introspection = $introspection;
		$this->dpop_required = $dpop_required;
	}

	/**
	 * What the request's token opens.
	 *
	 * @param string   $authorization The request's Authorization header; empty when it has none.
	 * @param string   $url           The address the caller used, by this server's own public name, never by the Host header.
	 * @param string[] $proofs        All DPoP headers of the request.
	 * @throws TokenRefused
	 */
	public function check( string $authorization, string $method, string $url, array $proofs, int $now ): Access {
		list( $scheme, $text ) = self::credentials( $authorization );
		try {
			$token = $this->signed( $text, $now );
			$this->check_claims( $token->claims, $now );
			$access = new Access( $token->claims, $this->audience );
			$this->check_scheme( $scheme, $access );
		} catch ( Refusal $refusal ) {
			throw new TokenRefused( $refusal->getMessage(), 'invalid_token', $scheme );
		}
		if ( '' !== $access->jkt ) {
			$this->check_holder( $access, $text, $method, $url, $proofs, $now );
		}
		if ( $this->introspection && ! $this->introspection->is_active( $text, $token->claims ) ) {
			throw new TokenRefused( 'not_active', 'invalid_token', $scheme );
		}
		return $access;
	}

	/** @return string[] Scheme and token. */
	private static function credentials( string $authorization ): array {
		$parts  = explode( ' ', trim( $authorization, ' ' ), 2 );
		$scheme = self::SCHEMES[ strtolower( $parts[0] ) ] ?? '';
		if ( '' === $scheme ) {
			throw new TokenRefused( 'no_token' );
		}
		if ( ! preg_match( '/\A[\x21-\x7e]+\z/', $parts[1] ?? '' ) ) {
			throw new TokenRefused( 'malformed', 'invalid_request', $scheme );
		}
		return array( $scheme, $parts[1] );
	}

	private function signed( string $text, int $now ): Compact {
		$token = new Compact( $text, self::TYPE );
		$kid   = $token->header['kid'] ?? null;
		$key   = is_string( $kid ) && '' !== $kid ? $this->keys->find( $kid, $now ) : null;
		if ( null === $key ) {
			throw new Refusal( 'unknown_key' );
		}
		$token->must_be_signed_by( $key );
		return $token;
	}

	/** An end is never stretched. */
	private function check_claims( Said $claims, int $now ): void {
		if ( $claims->any( 'iss' ) !== $this->issuer ) {
			throw new Refusal( 'wrong_issuer' );
		}
		$audiences = $claims->any( 'aud' );
		if ( ! in_array( $this->audience, Said::is_list( $audiences ) ? $audiences : array( $audiences ), true ) ) {
			throw new Refusal( 'wrong_audience' );
		}
		if ( $now >= $claims->whole( 'exp' ) ) {
			throw new Refusal( 'expired' );
		}
		$begins = max( $claims->whole( 'iat' ), $claims->has( 'nbf' ) ? $claims->whole( 'nbf' ) : 0 );
		if ( $begins > $now + self::AHEAD ) {
			throw new Refusal( 'not_yet' );
		}
	}

	private function check_scheme( string $scheme, Access $access ): void {
		$bound = '' !== $access->jkt;
		if ( ( 'DPoP' === $scheme ) !== $bound || ( ! $bound && $this->dpop_required ) ) {
			throw new Refusal( 'wrong_scheme' );
		}
	}

	/** @param string[] $proofs */
	private function check_holder( Access $access, string $text, string $method, string $url, array $proofs, int $now ): void {
		if ( 1 !== count( $proofs ) ) {
			throw self::no_proof( $proofs ? 'several_proofs' : 'no_proof' );
		}
		try {
			$proof = new Proof( reset( $proofs ), $method, $url, $text, $now );
		} catch ( Refusal $refusal ) {
			throw self::no_proof( $refusal->getMessage() );
		}
		if ( ! hash_equals( $access->jkt, $proof->jkt ) ) {
			throw new TokenRefused( 'wrong_key', 'invalid_token', 'DPoP' );
		}
		if ( ! ( $this->first_time )( $proof, $now ) ) {
			throw self::no_proof( 'replayed' );
		}
	}

	private static function no_proof( string $why ): TokenRefused {
		return new TokenRefused( $why, 'invalid_dpop_proof', 'DPoP' );
	}
}
