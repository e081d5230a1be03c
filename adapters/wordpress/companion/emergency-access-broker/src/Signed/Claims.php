<?php
namespace EmergencyAccess\Signed;

/** Typed reading of claims whose signature was already checked. */
final class Claims {
	const LONGEST_LIST = 100;

	/** @var array<string,mixed> */
	private $values;

	/** @param array<string,mixed> $values */
	private function __construct( array $values ) {
		$this->values = $values;
	}

	/** Open a document meant for this very site, sent by the very broker it is paired with. */
	public static function open( string $jws, string $type, Pairing $pairing ): self {
		$claims = new self( Jws::open( $jws, $type, $pairing->keys() ) );
		if ( $claims->any( 'iss' ) !== $pairing->issuer() ) {
			throw new Refusal( 'wrong_issuer' );
		}
		if ( $claims->any( 'aud' ) !== $pairing->site() ) {
			throw new Refusal( 'wrong_audience' );
		}
		return $claims;
	}

	public function whole( string $name ): int {
		$value = $this->any( $name );
		if ( ! is_int( $value ) || $value < 0 || $value >= 2 ** 53 ) {
			throw new Refusal( 'bad_claims' );
		}
		return $value;
	}

	/** Seconds since 1970 in UTC, up to the year 9999. */
	public function instant( string $name ): int {
		$value = $this->whole( $name );
		if ( $value > 253402300799 ) {
			throw new Refusal( 'bad_claims' );
		}
		return $value;
	}

	public function text( string $name, int $longest ): string {
		$value = $this->any( $name );
		if ( ! is_string( $value ) || strlen( $value ) > $longest
			|| ! preg_match( '/\A[^\x00-\x1f\x7f]+\z/', $value ) ) {
			throw new Refusal( 'bad_claims' );
		}
		return $value;
	}

	public function id( string $name ): string {
		$value = $this->text( $name, 64 );
		if ( ! preg_match( '/\A[A-Za-z0-9_.:-]+\z/', $value ) ) {
			throw new Refusal( 'bad_claims' );
		}
		return $value;
	}

	/** @return string[] */
	public function texts( string $name, int $longest ): array {
		$values = $this->any( $name );
		if ( ! is_array( $values ) || count( $values ) > self::LONGEST_LIST || array_values( $values ) !== $values ) {
			throw new Refusal( 'bad_claims' );
		}
		foreach ( $values as $value ) {
			( new self( array( $name => $value ) ) )->text( $name, $longest );
		}
		return $values;
	}

	/** @return mixed */
	public function any( string $name ) {
		return $this->values[ $name ] ?? null;
	}
}
