<?php
namespace EmergencyAccess\Verifying;

/** Asks the broker whether a token still counts (RFC 7662), so that a revoked grant shows at once. */
final class Introspection {
	/** @var callable(array<string,string>):(array<mixed>|null) */
	private $ask;

	/** @param callable(array<string,string>):(array<mixed>|null) $ask Sends the fields of a form; null when nothing that can be used came back. */
	public function __construct( callable $ask ) {
		$this->ask = $ask;
	}

	/** @throws TokenRefused When the broker does not answer: then nothing is opened. */
	public function is_active( string $text, Said $claims ): bool {
		$answer = ( $this->ask )( array( 'token' => $text, 'token_type_hint' => 'access_token' ) );
		if ( null === $answer ) {
			throw TokenRefused::cannot_tell( 'introspection_unavailable' );
		}
		// Another token's answer, from whatever cache or mistake, says nothing about this one.
		foreach ( array( 'jti', 'sub', 'exp' ) as $name ) {
			if ( ( $answer[ $name ] ?? null ) !== $claims->any( $name ) ) {
				return false;
			}
		}
		return true === ( $answer['active'] ?? null );
	}
}
