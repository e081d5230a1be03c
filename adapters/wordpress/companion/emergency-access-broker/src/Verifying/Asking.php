<?php
namespace EmergencyAccess\Verifying;

/** Asks the broker by WordPress's own HTTP: TLS, no redirects, a bounded answer, a bounded wait. */
final class Asking {
	const LARGEST = 262144;
	const SECONDS = 3;
	const HERE    = array( 'localhost', '127.0.0.1', '[::1]' );

	/** @return array<mixed>|null The JSON object; null when nothing that can be used came back. */
	public static function get( string $url ): ?array {
		return self::read( wp_remote_get( self::checked( $url ), self::terms() ) );
	}

	/**
	 * A form sent with HTTP Basic (RFC 6749, section 2.3.1).
	 *
	 * @param array<string,string> $fields
	 * @return array<mixed>|null
	 */
	public static function post( string $url, array $fields, string $client, string $secret ): ?array {
		$basic = 'Basic ' . base64_encode( rawurlencode( $client ) . ':' . rawurlencode( $secret ) );
		$terms = self::terms() + array( 'body' => $fields );

		$terms['headers']['Authorization'] = $basic;
		return self::read( wp_remote_post( self::checked( $url ), $terms ) );
	}

	/** @return array<string,mixed> */
	private static function terms(): array {
		return array(
			'timeout'             => self::SECONDS,
			'redirection'         => 0,
			'limit_response_size' => self::LARGEST,
			'headers'             => array( 'Accept' => 'application/json' ),
		);
	}

	/** Https, or http on this very machine. */
	private static function checked( string $url ): string {
		$host = (string) wp_parse_url( $url, PHP_URL_HOST );
		if ( 0 !== strpos( $url, 'https://' ) && ( 0 !== strpos( $url, 'http://' ) || ! in_array( $host, self::HERE, true ) ) ) {
			throw TokenRefused::cannot_tell( 'address_without_tls' );
		}
		return $url;
	}

	/**
	 * @param mixed $answer
	 * @return array<mixed>|null
	 */
	private static function read( $answer ): ?array {
		if ( 200 !== wp_remote_retrieve_response_code( $answer ) ) {
			return null;
		}
		$found = json_decode( wp_remote_retrieve_body( $answer ), true, StrictJson::DEEPEST );
		return is_array( $found ) ? $found : null;
	}
}
