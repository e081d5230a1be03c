<?php
namespace EmergencyAccess\Verifying;

use EmergencyAccess\Signed\Jws;
use EmergencyAccess\Signed\Refusal;

/** A proof of possession (DPoP, RFC 9449) made for one request and one token. */
final class Proof {
	const TYPE   = 'dpop+jwt';
	const OLDEST = 60;
	const AHEAD  = 10;

	/** @var string Thumbprint of the key that made it. */
	public $jkt;
	/** @var string What a memory of used proofs keeps: 64 hex digits. */
	public $digest;
	/** @var int From here on its age alone refuses it. */
	public $worthless_from;

	/** @throws Refusal */
	public function __construct( string $text, string $method, string $url, string $token, int $now ) {
		$compact   = new Compact( $text, self::TYPE );
		$key       = new PublicKey( $compact->header['jwk'] ?? null );
		$this->jkt = $key->thumbprint();
		$compact->must_be_signed_by( $key );
		self::check_request( $compact->claims, $method, $url );
		if ( ! hash_equals( Jws::encode( hash( 'sha256', $token, true ) ), $compact->claims->text( 'ath', 64 ) ) ) {
			throw new Refusal( 'wrong_token' );
		}
		$made                 = self::instant( $compact->claims, $now );
		$this->digest         = hash( 'sha256', $this->jkt . ' ' . $compact->claims->text( 'jti', 256 ) );
		$this->worthless_from = $made + self::OLDEST + 60;
	}

	private static function check_request( Said $claims, string $method, string $url ): void {
		if ( $claims->text( 'htm', 32 ) !== $method ) {
			throw new Refusal( 'wrong_method' );
		}
		if ( ! Target::same( $claims->text( 'htu', 2048 ), $url ) ) {
			throw new Refusal( 'wrong_target' );
		}
	}

	private static function instant( Said $claims, int $now ): int {
		$made = $claims->whole( 'iat' );
		$claims->text( 'jti', 256 );
		if ( $made < $now - self::OLDEST ) {
			throw new Refusal( 'too_old' );
		}
		if ( $made > $now + self::AHEAD ) {
			throw new Refusal( 'not_yet' );
		}
		return $made;
	}
}
