<?php
namespace EmergencyAccess\Keeping;

/** A number outside the database, so that a database put back from a backup is noticed. */
final class MarkFile {
	/** @var string */
	private $path;

	public function __construct( string $path ) {
		$this->path = $path;
	}

	/** 0 where there is none. */
	public function read(): int {
		return self::number( OwnFolder::read( $this->path ) );
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
		$file = OwnFolder::open( $this->path );
		if ( ! $file ) {
			return;
		}
		// phpcs:disable WordPress.WP.AlternativeFunctions
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
