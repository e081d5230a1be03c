<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Signed\Refusal;

/** One JSON object in which no member stands twice: PHP would keep the last, another reader the first. */
final class StrictJson {
	const DEEPEST = 16;
	const TOKENS  = '/("(?:[^"\\\\]++|\\\\.)*+")(\s*:)?|[{}]/';

	/**
	 * @return array<string,mixed>
	 * @throws Refusal malformed.
	 */
	public static function map( string $json ): array {
		$value = json_decode( $json, true, self::DEEPEST );
		// An empty list and an empty object look the same by now.
		if ( ! is_array( $value ) || '{' !== ltrim( $json, " \t\r\n" )[0] || self::names_twice( $json ) ) {
			throw new Refusal( 'malformed' );
		}
		return $value;
	}

	/** Only of text that is known to be JSON: then a text before a colon is a name, and braces stand by themselves. */
	private static function names_twice( string $json ): bool {
		if ( false === preg_match_all( self::TOKENS, $json, $tokens, PREG_SET_ORDER ) ) {
			return true;
		}
		$names = array();
		$depth = 0;
		foreach ( $tokens as $token ) {
			if ( '{' === $token[0] ) {
				$names[ ++$depth ] = array();
			} elseif ( '}' === $token[0] ) {
				--$depth;
			} elseif ( isset( $token[2] ) ) {
				$name = '=' . json_decode( $token[1] );
				if ( isset( $names[ $depth ][ $name ] ) ) {
					return true;
				}
				$names[ $depth ][ $name ] = true;
			}
		}
		return false;
	}
}
