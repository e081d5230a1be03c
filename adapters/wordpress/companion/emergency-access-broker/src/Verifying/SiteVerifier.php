<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Calls\SeenCalls;
use EmergencyAccess\Keeping\StorageFailed;

/** The verifier of a WordPress: keys kept in an option, proofs remembered in the companion's table. */
final class SiteVerifier {
	const OPTION = 'emergency_access_keys_';

	/** @var array<string,Access|TokenRefused> By what was asked in this very request. */
	private static $known = array();

	/**
	 * What the token of the request being answered opens. WordPress asks for a permission twice, the second time
	 * for the Allow header; a proof counts once, and the broker need not be asked again.
	 *
	 * @param array<string,mixed> $terms As emergency_access_check_token() takes them.
	 * @throws TokenRefused
	 */
	public static function access( array $terms, string $url ): Access {
		// phpcs:disable WordPress.Security -- the signatures are checked over these very bytes.
		$header = $_SERVER['HTTP_AUTHORIZATION'] ?? $_SERVER['REDIRECT_HTTP_AUTHORIZATION'] ?? '';
		$proofs = isset( $_SERVER['HTTP_DPOP'] ) ? array( (string) $_SERVER['HTTP_DPOP'] ) : array();
		$method = (string) ( $_SERVER['REQUEST_METHOD'] ?? '' );
		// phpcs:enable
		$asked = hash( 'sha256', serialize( array( $terms, $url, $header, $proofs, $method ) ) );
		if ( ! isset( self::$known[ $asked ] ) ) {
			try {
				self::$known[ $asked ] = self::made( $terms )->check( (string) $header, $method, $url, $proofs, time() );
			} catch ( TokenRefused $refused ) {
				self::$known[ $asked ] = $refused;
			}
		}
		if ( self::$known[ $asked ] instanceof TokenRefused ) {
			throw self::$known[ $asked ];
		}
		return self::$known[ $asked ];
	}

	/** @param array<string,mixed> $terms */
	private static function made( array $terms ): TokenVerifier {
		foreach ( array( 'issuer', 'audience' ) as $name ) {
			if ( ! isset( $terms[ $name ] ) || ! is_string( $terms[ $name ] ) || '' === $terms[ $name ] ) {
				throw TokenRefused::cannot_tell( "no_$name" );
			}
		}
		return new TokenVerifier(
			$terms['issuer'],
			$terms['audience'],
			self::keys( $terms['jwks_uri'] ?? rtrim( $terms['issuer'], '/' ) . '/oauth/jwks' ),
			self::memory( new SeenCalls( $GLOBALS['wpdb'] ) ),
			self::introspection( $terms ),
			! empty( $terms['dpop_required'] )
		);
	}

	private static function keys( string $address ): FetchedKeys {
		$kept = new KeptKeys( self::OPTION . substr( hash( 'sha256', $address ), 0, 32 ) );
		return new FetchedKeys(
			static function () use ( $address ): ?array {
				return Asking::get( $address );
			},
			array( $kept, 'read' ),
			array( $kept, 'keep' )
		);
	}

	private static function memory( SeenCalls $seen ): callable {
		return static function ( Proof $proof, int $now ) use ( $seen ): bool {
			try {
				return $seen->first_time( $proof->digest, $proof->worthless_from, $now );
			} catch ( StorageFailed $failure ) {
				throw TokenRefused::cannot_tell( 'storage_failed' );
			}
		};
	}

	/** @param array<string,mixed> $terms */
	private static function introspection( array $terms ): ?Introspection {
		if ( empty( $terms['client_id'] ) ) {
			return null;
		}
		$address = $terms['introspection_uri'] ?? rtrim( $terms['issuer'], '/' ) . '/oauth/introspect';
		return new Introspection(
			static function ( array $fields ) use ( $address, $terms ): ?array {
				return Asking::post( $address, $fields, $terms['client_id'], (string) ( $terms['client_secret'] ?? '' ) );
			}
		);
	}
}
