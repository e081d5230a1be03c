<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Calls\SeenCalls;
use EmergencyAccess\Keeping\StorageFailed;

/** The verifier of a WordPress: keys kept in an option, proofs remembered in the companion's table. */
final class SiteVerifier {
	const OPTION = 'emergency_access_keys_';

	/**
	 * @param array<string,mixed> $terms As emergency_access_check_token() takes them.
	 */
	public static function made( array $terms ): TokenVerifier {
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
		$option = self::OPTION . substr( hash( 'sha256', $address ), 0, 32 );
		return new FetchedKeys(
			static function () use ( $address ): ?array {
				return Asking::get( $address );
			},
			static function () use ( $option ) {
				return get_option( $option );
			},
			static function ( array $kept ) use ( $option ): void {
				update_option( $option, $kept, false );
			}
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
