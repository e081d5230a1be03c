<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Signed\Refusal;

/** Typed reading of members; whatever is not as it must be is bad_claims. */
final class Said {
	const LONGEST = 255;

	/** @var array<mixed> */
	private $values;

	/** @param array<mixed> $values */
	public function __construct( array $values ) {
		$this->values = $values;
	}

	public function has( string $name ): bool {
		return array_key_exists( $name, $this->values );
	}

	/** @return mixed */
	public function any( string $name ) {
		return $this->values[ $name ] ?? null;
	}

	/** Seconds, or any other whole number from 0 to 2**53. */
	public function whole( string $name ): int {
		$value = $this->any( $name );
		if ( ! is_int( $value ) || $value < 0 || $value >= 2 ** 53 ) {
			throw new Refusal( 'bad_claims' );
		}
		return $value;
	}

	/** 1 to $longest characters. */
	public function text( string $name, int $longest = self::LONGEST ): string {
		$value = $this->any( $name );
		if ( ! is_string( $value ) || '' === $value || preg_match_all( '/./us', $value ) > $longest ) {
			throw new Refusal( 'bad_claims' );
		}
		return $value;
	}

	/** Empty when it is absent. */
	public function text_if_any( string $name ): string {
		return $this->has( $name ) ? $this->text( $name ) : '';
	}

	/** @return string[] Empty when it is absent. */
	public function texts( string $name ): array {
		$values = $this->has( $name ) ? $this->any( $name ) : array();
		if ( ! self::is_list( $values ) || array_filter( $values, 'is_string' ) !== $values ) {
			throw new Refusal( 'bad_claims' );
		}
		return $values;
	}

	/** @return self[] Empty when it is absent. */
	public function objects( string $name ): array {
		$values = $this->has( $name ) ? $this->any( $name ) : array();
		if ( ! self::is_list( $values ) || array_filter( $values, 'is_array' ) !== $values ) {
			throw new Refusal( 'bad_claims' );
		}
		return array_map(
			static function ( array $value ): self {
				return new self( $value );
			},
			$values
		);
	}

	/** @param mixed $value */
	public static function is_list( $value ): bool {
		return is_array( $value ) && array_values( $value ) === $value;
	}
}
