<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Signed\Refusal;

/** Keys from a document (RFC 7517) that somebody else keeps fresh. */
final class KeyList implements KeyFinder {
	/** @var array<mixed> */
	private $document;

	/** @param array<mixed> $document */
	public function __construct( array $document ) {
		$this->document = $document;
	}

	public function find( string $kid, int $now ): ?PublicKey {
		$listed = $this->document['keys'] ?? array();
		foreach ( is_array( $listed ) ? $listed : array() as $jwk ) {
			if ( is_array( $jwk ) && ( $jwk['kid'] ?? null ) === $kid && ( $jwk['use'] ?? 'sig' ) === 'sig' ) {
				$key = self::usable( $jwk );
				if ( $key ) {
					return $key;
				}
			}
		}
		return null;
	}

	/** A key that may sign a token; others in the document are none of our business. */
	private static function usable( array $jwk ): ?PublicKey {
		try {
			$key = new PublicKey( $jwk );
		} catch ( Refusal $refusal ) {
			return null;
		}
		return ( $jwk['alg'] ?? $key->algorithm() ) === $key->algorithm() ? $key : null;
	}
}
