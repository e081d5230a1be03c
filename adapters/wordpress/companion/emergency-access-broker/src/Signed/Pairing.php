<?php
namespace EmergencyAccess\Signed;

/**
 * Who this site is, which broker it obeys and by which public keys.
 *
 * Read from a constant in wp-config.php, never from the database: whoever edits
 * the database must not be able to swap the key.
 */
final class Pairing {
	const CONSTANT = 'EMERGENCY_ACCESS_PAIRING';

	/** @var string */
	private $site;
	/** @var string */
	private $issuer;
	/** @var array<string,string> */
	private $keys;

	/** @param array<string,string> $keys */
	private function __construct( string $site, string $issuer, array $keys ) {
		$this->site   = $site;
		$this->issuer = $issuer;
		$this->keys   = $keys;
	}

	/** @throws Refusal pairing_missing or bad_pairing. */
	public static function from_constant(): self {
		$name = self::constant_name();
		if ( ! defined( $name ) ) {
			throw new Refusal( 'pairing_missing' );
		}
		$text = constant( $name );
		return self::from_text( is_string( $text ) ? trim( $text ) : '' );
	}

	/** Each site of a network is paired by itself: a lease for one must not be one for its neighbours. */
	public static function constant_name(): string {
		$single = ! function_exists( 'is_multisite' ) || ! is_multisite() || is_main_site();
		return $single ? self::CONSTANT : self::CONSTANT . '_' . get_current_blog_id();
	}

	/** @throws Refusal bad_pairing. */
	public static function from_text( string $text ): self {
		try {
			$document = Jws::map( Jws::decode( $text ) );
		} catch ( Refusal $error ) {
			throw new Refusal( 'bad_pairing' );
		}
		$site   = $document['site'] ?? '';
		$issuer = $document['issuer'] ?? '';
		$keys   = $document['keys'] ?? array();
		if ( ( $document['v'] ?? 0 ) !== 1 || ! is_string( $site ) || '' === $site
			|| ! is_string( $issuer ) || '' === $issuer || ! is_array( $keys ) || ! $keys ) {
			throw new Refusal( 'bad_pairing' );
		}
		return new self( $site, $issuer, self::keys_by_kid( $keys ) );
	}

	public function site(): string {
		return $this->site;
	}

	public function issuer(): string {
		return $this->issuer;
	}

	/** @return array<string,string> Raw public keys by RFC 7638 thumbprint. */
	public function keys(): array {
		return $this->keys;
	}

	/** @return string[] Ids of the keys. */
	public function kids(): array {
		return array_map( 'strval', array_keys( $this->keys ) );
	}

	/**
	 * @param array<mixed> $jwks
	 * @return array<string,string>
	 */
	private static function keys_by_kid( array $jwks ): array {
		$keys = array();
		foreach ( $jwks as $jwk ) {
			$x = is_array( $jwk ) && ( $jwk['crv'] ?? '' ) === 'Ed25519' ? ( $jwk['x'] ?? '' ) : '';
			try {
				$raw = Jws::decode( is_string( $x ) ? $x : '' );
			} catch ( Refusal $error ) {
				throw new Refusal( 'bad_pairing' );
			}
			if ( SODIUM_CRYPTO_SIGN_PUBLICKEYBYTES !== strlen( $raw ) ) {
				throw new Refusal( 'bad_pairing' );
			}
			$canonical = '{"crv":"Ed25519","kty":"OKP","x":"' . $x . '"}';
			$keys[ Jws::encode( hash( 'sha256', $canonical, true ) ) ] = $raw;
		}
		return $keys;
	}
}
