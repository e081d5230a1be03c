<?php
namespace EmergencyAccess\Verifying;

/** Whether two addresses name one target, as a proof of possession names it (RFC 9449, section 4.3). */
final class Target {
	const PORTS = array( 'https' => 443, 'http' => 80 );

	/** Compares scheme, host, port and path; query and fragment do not count, nor does how a path is escaped. */
	public static function same( string $claimed, string $url ): bool {
		$target = self::normal( $claimed );
		return null !== $target && self::normal( $url ) === $target;
	}

	/** @return array<mixed>|null */
	private static function normal( string $url ): ?array {
		// What a URL parser would silently drop or mend is not the same address.
		$pattern = '~\A(https?)://([a-z0-9.-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?(/[\x21-\x7e]*)?\z~i';
		$bare    = explode( '?', explode( '#', $url, 2 )[0], 2 )[0];
		if ( false !== strpos( $url, '\\' ) || ! preg_match( '/\A[\x21-\x7e]+\z/', $url ) || ! preg_match( $pattern, $bare, $parts ) ) {
			return null;
		}
		$scheme = strtolower( $parts[1] );
		$port   = ( $parts[3] ?? '' ) === '' ? self::PORTS[ $scheme ] : (int) $parts[3];
		return array( $scheme, strtolower( $parts[2] ), $port, self::shortest( $parts[4] ?? '/' ) );
	}

	private static function shortest( string $path ): string {
		return (string) preg_replace_callback(
			'/%[0-9A-Fa-f]{2}/',
			static function ( array $escape ): string {
				$character = rawurldecode( $escape[0] );
				return preg_match( '/\A[A-Za-z0-9._~-]\z/', $character ) ? $character : strtoupper( $escape[0] );
			},
			$path
		);
	}
}
