<?php
namespace EmergencyAccess;

/**
 * A number outside the database, so that a database put back from a backup is noticed.
 *
 * A PHP file that prints nothing, under a name nobody can guess.
 */
final class MarkFile {
	/** @var string */
	private $path;

	public function __construct( string $path ) {
		$this->path = $path;
	}

	public static function of_site( string $prefix, Pairing $pairing ): self {
		// Each site of a network, and each broker a site was ever paired with, counts by itself.
		$name = hash_hmac( 'sha256', $prefix . "\n" . $pairing->issuer() . "\n" . $pairing->site(), wp_salt( 'auth' ) );
		return new self( WP_CONTENT_DIR . '/uploads/emergency-access/mark-' . substr( $name, 0, 32 ) . '.php' );
	}

	/** 0 where there is none. */
	public function read(): int {
		$text = is_file( $this->path ) ? (string) @file_get_contents( $this->path ) : ''; // phpcs:ignore WordPress.PHP.NoSilencedErrors
		return self::number( $text );
	}

	/** Does nothing where the folder cannot be written. */
	public function raise( int $mark ): void {
		if ( $this->read() < $mark ) {
			$this->write( $mark, true );
		}
	}

	public function set( int $mark ): void {
		if ( $this->read() !== $mark ) {
			$this->write( $mark, false );
		}
	}

	private function write( int $mark, bool $only_up ): void {
		// phpcs:disable WordPress.PHP.NoSilencedErrors, WordPress.WP.AlternativeFunctions
		$folder = dirname( $this->path );
		if ( ! is_dir( $folder ) ) {
			@mkdir( $folder, 0755, true );
		}
		$file = @fopen( $this->path, 'c+' );
		if ( ! $file ) {
			return;
		}
		flock( $file, LOCK_EX );
		if ( ! $only_up || self::number( (string) stream_get_contents( $file ) ) < $mark ) {
			rewind( $file );
			// Always as long as before: a reader finds the old number or the new one.
			ftruncate( $file, (int) fwrite( $file, sprintf( '<?php exit; // %020d', $mark ) ) );
		}
		fclose( $file );
		// phpcs:enable
	}

	private static function number( string $text ): int {
		return preg_match( '/\A<\?php exit; \/\/ ([0-9]{20})\z/', $text, $found ) ? (int) $found[1] : 0;
	}
}
