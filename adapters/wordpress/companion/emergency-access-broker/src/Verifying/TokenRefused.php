<?php
namespace EmergencyAccess\Verifying;

/** A token that opens nothing: why, and what to answer the caller. The message is a sentence. */
final class TokenRefused extends \RuntimeException {
	const STATUS = array( 'invalid_request' => 400, 'insufficient_scope' => 403, 'temporarily_unavailable' => 503 );

	/** @var string The reason in one word. */
	public $why;
	/** @var string The error code of RFC 6750 and RFC 9449. */
	public $error;
	/** @var int */
	public $status;
	/** @var string Empty where the caller can do nothing about it. */
	public $www_authenticate;

	public function __construct( string $why, string $error = 'invalid_token', string $scheme = '' ) {
		parent::__construct( 'The access token is refused: ' . str_replace( '_', ' ', $why ) . '.' );
		$this->why              = $why;
		$this->error            = $error;
		$this->status           = self::STATUS[ $error ] ?? 401;
		$this->www_authenticate = 503 === $this->status ? '' : self::challenges( $scheme, 'no_token' === $why ? '' : $error, $this->getMessage() );
	}

	/** Whoever could tell cannot be asked; nothing is opened meanwhile. */
	public static function cannot_tell( string $why ): self {
		return new self( $why, 'temporarily_unavailable' );
	}

	/** One for the scheme that was used, or for both when none was. */
	private static function challenges( string $scheme, string $error, string $sentence ): string {
		$said       = $error ? array( "error=\"$error\"", "error_description=\"$sentence\"" ) : array();
		$algorithms = 'algs="' . implode( ' ', PublicKey::ALGORITHMS ) . '"';
		$made       = array(
			'DPoP'   => trim( 'DPoP ' . implode( ', ', array_merge( array( $algorithms ), $said ) ) ),
			'Bearer' => trim( 'Bearer ' . implode( ', ', $said ) ),
		);
		return $made[ $scheme ] ?? implode( ', ', $made );
	}
}
