<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Signed\Pairing;

/**
 * Where the companion keeps what the database alone must not decide.
 *
 * PHP files that print nothing, under names nobody can guess.
 */
final class OwnFolder {
	/** Each site of a network, and each broker a site was ever paired with, counts by itself. */
	public static function path( string $kind, string $prefix, Pairing $pairing ): string {
		$name = hash_hmac( 'sha256', $prefix . "\n" . $pairing->issuer() . "\n" . $pairing->site(), wp_salt( 'auth' ) );
		return WP_CONTENT_DIR . "/uploads/emergency-access/$kind-" . substr( $name, 0, 32 ) . '.php';
	}

	/** @return resource|null Locked for writing; null where the folder cannot be written. */
	public static function open( string $path ) {
		// phpcs:disable WordPress.PHP.NoSilencedErrors, WordPress.WP.AlternativeFunctions
		$folder = dirname( $path );
		if ( ! is_dir( $folder ) ) {
			@mkdir( $folder, 0755, true );
		}
		$file = @fopen( $path, 'c+' );
		// phpcs:enable
		return $file && flock( $file, LOCK_EX ) ? $file : null;
	}

	/** '' where there is none. */
	public static function read( string $path ): string {
		return is_file( $path ) ? (string) @file_get_contents( $path ) : ''; // phpcs:ignore WordPress.PHP.NoSilencedErrors
	}
}
