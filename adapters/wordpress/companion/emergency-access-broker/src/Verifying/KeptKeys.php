<?php
namespace EmergencyAccess\Verifying;

/**
 * The broker's keys in an option of the site, under a code of its own.
 *
 * Whoever can write to the database alone, through a hole in another plugin, must
 * not be able to put a key of theirs there and sign tokens by it. The code is made
 * with the site's salts, which stand in wp-config.php.
 */
final class KeptKeys {
	/** @var string */
	private $option;

	public function __construct( string $option ) {
		$this->option = $option;
	}

	/** @return mixed Null when nothing was kept, or not by this site. */
	public function read() {
		$kept = get_option( $this->option );
		$text = is_array( $kept ) ? $kept['text'] ?? null : null;
		$code = is_array( $kept ) ? $kept['code'] ?? null : null;
		if ( ! is_string( $text ) || ! is_string( $code ) || ! hash_equals( $this->code( $text ), $code ) ) {
			return null;
		}
		return json_decode( $text, true );
	}

	/** @param array<string,mixed> $keys */
	public function keep( array $keys ): void {
		$text = (string) wp_json_encode( $keys );
		update_option( $this->option, array( 'text' => $text, 'code' => $this->code( $text ) ), false );
	}

	private function code( string $text ): string {
		return hash_hmac( 'sha256', $this->option . "\n" . $text, wp_salt( 'secure_auth' ) );
	}
}
