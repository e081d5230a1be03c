<?php
namespace EmergencyAccess\Signed;

/** Compact JWS with one algorithm, three headers and no latitude. */
final class Jws {
	const LIMIT = 8192;

	/**
	 * The claims of a document of type $type signed by one of $keys.
	 *
	 * @param array<string,string> $keys Raw Ed25519 public keys by kid.
	 * @return array<string,mixed>
	 * @throws Refusal Unless every part of it is exactly as it must be.
	 */
	public static function open( string $text, string $type, array $keys ): array {
		if ( strlen( $text ) > self::LIMIT ) {
			throw new Refusal( 'too_large' );
		}
		$parts = explode( '.', $text );
		if ( 3 !== count( $parts ) ) {
			throw new Refusal( 'malformed' );
		}
		$kid = self::kid( $parts[0], $type );
		if ( ! isset( $keys[ $kid ] ) ) {
			throw new Refusal( 'unknown_key' );
		}
		$payload   = self::decode( $parts[1] );
		$signature = self::decode( $parts[2] );
		if ( SODIUM_CRYPTO_SIGN_BYTES !== strlen( $signature )
			|| ! sodium_crypto_sign_verify_detached( $signature, $parts[0] . '.' . $parts[1], $keys[ $kid ] ) ) {
			throw new Refusal( 'bad_signature' );
		}
		return self::map( $payload );
	}

	/** Refuses padding, foreign characters and non-canonical endings: one document has one spelling. */
	public static function decode( string $text ): string {
		try {
			return sodium_base642bin( $text, SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING, '' );
		} catch ( \Exception $error ) {
			throw new Refusal( 'malformed' );
		}
	}

	public static function encode( string $raw ): string {
		return sodium_bin2base64( $raw, SODIUM_BASE64_VARIANT_URLSAFE_NO_PADDING );
	}

	/** @return array<string,mixed> */
	public static function map( string $json ): array {
		$value = json_decode( $json, true, 16 );
		if ( ! is_array( $value ) ) {
			throw new Refusal( 'malformed' );
		}
		return $value;
	}

	private static function kid( string $segment, string $type ): string {
		$header = self::map( self::decode( $segment ) );
		if ( ( $header['alg'] ?? null ) !== 'Ed25519' ) {
			throw new Refusal( 'wrong_algorithm' );
		}
		if ( ( $header['typ'] ?? null ) !== $type ) {
			throw new Refusal( 'wrong_type' );
		}
		if ( 3 !== count( $header ) || ! isset( $header['kid'] ) || ! is_string( $header['kid'] ) ) {
			throw new Refusal( 'malformed' );
		}
		return $header['kid'];
	}
}
