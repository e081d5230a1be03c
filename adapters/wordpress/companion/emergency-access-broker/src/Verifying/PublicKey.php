<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Signed\Jws;
use EmergencyAccess\Signed\Refusal;

/** A public key of one of three kinds, each with the one algorithm it goes with. */
final class PublicKey {
	const ALGORITHMS = array( 'RSA' => 'RS256', 'EC' => 'ES256', 'OKP' => 'Ed25519' );
	const MEMBERS    = array( 'RSA' => array( 'e', 'n' ), 'EC' => array( 'crv', 'x', 'y' ), 'OKP' => array( 'crv', 'x' ) );
	const CURVES     = array( 'EC' => 'P-256', 'OKP' => 'Ed25519' );
	const PRIVATE    = array( 'd', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k' );

	/** @var array<string,string> Nothing of the JWK but what makes it a key. */
	private $jwk;
	/** @var string A raw key for sodium, else PEM. */
	private $key;

	/**
	 * @param mixed $jwk
	 * @throws Refusal bad_key or private_key.
	 */
	public function __construct( $jwk ) {
		if ( ! is_array( $jwk ) ) {
			throw new Refusal( 'bad_key' );
		}
		if ( array_intersect_key( array_flip( self::PRIVATE ), $jwk ) ) {
			throw new Refusal( 'private_key' );
		}
		$this->jwk = self::bare( $jwk );
		$this->key = $this->usable();
	}

	public function algorithm(): string {
		return self::ALGORITHMS[ $this->jwk['kty'] ];
	}

	/** RFC 7638. */
	public function thumbprint(): string {
		$members = $this->jwk;
		ksort( $members );
		return Jws::encode( hash( 'sha256', (string) json_encode( $members, JSON_UNESCAPED_SLASHES ), true ) );
	}

	public function signed( string $text, string $signature ): bool {
		if ( 'OKP' === $this->jwk['kty'] ) {
			return SODIUM_CRYPTO_SIGN_BYTES === strlen( $signature )
				&& sodium_crypto_sign_verify_detached( $signature, $text, $this->key );
		}
		if ( 'EC' === $this->jwk['kty'] ) {
			if ( 64 !== strlen( $signature ) ) {
				return false;
			}
			$signature = Der::sequence( Der::number( substr( $signature, 0, 32 ) ), Der::number( substr( $signature, 32 ) ) );
		}
		return 1 === openssl_verify( $text, $signature, $this->key, OPENSSL_ALGO_SHA256 );
	}

	/**
	 * @param array<mixed> $jwk
	 * @return array<string,string>
	 */
	private static function bare( array $jwk ): array {
		$kind = $jwk['kty'] ?? null;
		if ( ! is_string( $kind ) || ! isset( self::MEMBERS[ $kind ] ) ) {
			throw new Refusal( 'bad_key' );
		}
		$bare = array( 'kty' => $kind );
		foreach ( self::MEMBERS[ $kind ] as $name ) {
			if ( ! isset( $jwk[ $name ] ) || ! is_string( $jwk[ $name ] ) ) {
				throw new Refusal( 'bad_key' );
			}
			$bare[ $name ] = $jwk[ $name ];
		}
		if ( ( self::CURVES[ $kind ] ?? '' ) !== ( $bare['crv'] ?? '' ) ) {
			throw new Refusal( 'bad_key' );
		}
		return $bare;
	}

	private function usable(): string {
		if ( 'OKP' === $this->jwk['kty'] ) {
			return $this->decoded( 'x', 32, 32 );
		}
		if ( ! function_exists( 'openssl_verify' ) ) {
			throw new Refusal( 'bad_key' );
		}
		if ( 'EC' === $this->jwk['kty'] ) {
			$pem = Der::elliptic_key( $this->decoded( 'x', 32, 32 ), $this->decoded( 'y', 32, 32 ) );
		} else {
			$pem = $this->rsa();
		}
		if ( false === openssl_pkey_get_public( $pem ) ) {
			throw new Refusal( 'bad_key' );
		}
		return $pem;
	}

	/** 2048 to 4096 bits: shorter is broken some day, longer makes us work for a stranger. */
	private function rsa(): string {
		$modulus = $this->decoded( 'n', 256, 512 );
		if ( 'AQAB' !== $this->jwk['e'] || "\0" === $modulus[0] ) {
			throw new Refusal( 'bad_key' );
		}
		return Der::rsa_key( $modulus, Jws::decode( $this->jwk['e'] ) );
	}

	private function decoded( string $name, int $shortest, int $longest ): string {
		try {
			$raw = Jws::decode( $this->jwk[ $name ] );
		} catch ( Refusal $refusal ) {
			throw new Refusal( 'bad_key' );
		}
		if ( strlen( $raw ) < $shortest || strlen( $raw ) > $longest ) {
			throw new Refusal( 'bad_key' );
		}
		return $raw;
	}
}
