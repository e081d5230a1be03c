<?php
namespace EmergencyAccess\Verifying;

/** The little of DER that turns a JWK and its signatures into what OpenSSL reads. */
final class Der {
	/** id-ecPublicKey with prime256v1, and rsaEncryption with NULL. */
	const ELLIPTIC = "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
	const RSA      = "\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";

	public static function elliptic_key( string $x, string $y ): string {
		return self::pem( self::ELLIPTIC, "\x04" . $x . $y );
	}

	public static function rsa_key( string $modulus, string $exponent ): string {
		return self::pem( self::RSA, self::sequence( self::number( $modulus ), self::number( $exponent ) ) );
	}

	public static function sequence( string ...$parts ): string {
		return self::wrapped( "\x30", implode( '', $parts ) );
	}

	/** A number that is not negative, from its bytes. */
	public static function number( string $bytes ): string {
		$bytes = ltrim( $bytes, "\0" );
		if ( '' === $bytes || ord( $bytes[0] ) > 127 ) {
			$bytes = "\0" . $bytes;
		}
		return self::wrapped( "\x02", $bytes );
	}

	private static function pem( string $algorithm, string $key ): string {
		$der = self::sequence( $algorithm, self::wrapped( "\x03", "\0" . $key ) );
		return "-----BEGIN PUBLIC KEY-----\n" . chunk_split( base64_encode( $der ), 64, "\n" ) . "-----END PUBLIC KEY-----\n";
	}

	private static function wrapped( string $tag, string $content ): string {
		$length = strlen( $content );
		if ( $length < 128 ) {
			return $tag . chr( $length ) . $content;
		}
		$bytes = ltrim( pack( 'N', $length ), "\0" );
		return $tag . chr( 128 + strlen( $bytes ) ) . $bytes . $content;
	}
}
