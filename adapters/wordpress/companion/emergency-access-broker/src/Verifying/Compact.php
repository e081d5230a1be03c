<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Signed\Jws;
use EmergencyAccess\Signed\Refusal;

/** A compact JWS read without latitude. Its signature counts only after must_be_signed_by(). */
final class Compact {
	const LONGEST = 8192;

	/** @var string */
	public $text;
	/** @var array<string,mixed> */
	public $header;
	/** @var Said */
	public $claims;
	/** @var string */
	private $signature;

	/** @throws Refusal */
	public function __construct( string $text, string $type ) {
		if ( strlen( $text ) > self::LONGEST ) {
			throw new Refusal( 'too_large' );
		}
		$parts = explode( '.', $text );
		if ( 3 !== count( $parts ) ) {
			throw new Refusal( 'malformed' );
		}
		$this->text      = $text;
		$this->header    = StrictJson::map( Jws::decode( $parts[0] ) );
		$this->claims    = new Said( StrictJson::map( Jws::decode( $parts[1] ) ) );
		$this->signature = Jws::decode( $parts[2] );
		$this->check_header( $type );
	}

	/** @throws Refusal wrong_algorithm or bad_signature. */
	public function must_be_signed_by( PublicKey $key ): void {
		if ( $key->algorithm() !== $this->header['alg'] ) {
			throw new Refusal( 'wrong_algorithm' );
		}
		$signed = substr( $this->text, 0, (int) strrpos( $this->text, '.' ) );
		if ( ! $key->signed( $signed, $this->signature ) ) {
			throw new Refusal( 'bad_signature' );
		}
	}

	private function check_header( string $type ): void {
		if ( ! in_array( $this->header['alg'] ?? null, PublicKey::ALGORITHMS, true ) ) {
			throw new Refusal( 'wrong_algorithm' );
		}
		$said = $this->header['typ'] ?? null;
		if ( ! is_string( $said ) || ! in_array( strtolower( $said ), array( $type, "application/$type" ), true ) ) {
			throw new Refusal( 'wrong_type' );
		}
		// An extension one does not know, b64 among them, changes what the rest means.
		if ( array_key_exists( 'crit', $this->header ) || array_key_exists( 'b64', $this->header ) ) {
			throw new Refusal( 'critical_header' );
		}
	}
}
