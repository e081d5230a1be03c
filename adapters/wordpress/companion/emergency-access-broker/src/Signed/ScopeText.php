<?php
namespace EmergencyAccess\Signed;

/** Strict reading of what a scope says: anything odd is refused whole. */
final class ScopeText {
	const LONGEST_LIST = 50;

	/**
	 * @param mixed    $value
	 * @param string[] $keys
	 * @return array<string,mixed> A map with exactly these keys.
	 * @throws Refusal bad_scope.
	 */
	public static function map( $value, array $keys ): array {
		$found = is_array( $value ) ? array_keys( $value ) : array();
		sort( $keys );
		sort( $found );
		if ( $found !== $keys ) {
			throw new Refusal( 'bad_scope' );
		}
		return $value;
	}

	/**
	 * @param mixed $value
	 * @throws Refusal bad_scope.
	 */
	public static function matching( $value, string $pattern ): string {
		if ( ! is_string( $value ) || ! preg_match( $pattern, $value ) ) {
			throw new Refusal( 'bad_scope' );
		}
		return $value;
	}

	/**
	 * @param mixed    $value
	 * @param string[] $known
	 * @return string[]
	 * @throws Refusal bad_scope.
	 */
	public static function verbs( $value, array $known ): array {
		$verbs = self::words( $value );
		if ( array_diff( $verbs, $known ) ) {
			throw new Refusal( 'bad_scope' );
		}
		return $verbs;
	}

	/**
	 * @param mixed $value
	 * @return string[]
	 * @throws Refusal bad_scope.
	 */
	public static function words( $value ): array {
		if ( ! is_array( $value ) || ! $value || count( $value ) > self::LONGEST_LIST || array_values( $value ) !== $value
			|| array_filter( $value, 'is_string' ) !== $value ) {
			throw new Refusal( 'bad_scope' );
		}
		return $value;
	}
}
