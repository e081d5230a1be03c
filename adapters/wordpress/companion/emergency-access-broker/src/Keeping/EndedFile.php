<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Signed\Lease;

/**
 * Which grants ended before their signed time, outside the database.
 *
 * Such a lease is still well signed: whoever put its row back as it was, by hand or from
 * a backup, would open it again.
 */
final class EndedFile {
	/** What follows is never read as code. */
	const HEAD    = "<?php exit; __halt_compiler();\n";
	const LARGEST = 131072;

	/** @var string */
	private $path;

	public function __construct( string $path ) {
		$this->path = $path;
	}

	/** @return array<string,int> Until when each grant's lease could still be signed for. */
	public function grants( int $now ): array {
		return self::lines( OwnFolder::read( $this->path ), $now );
	}

	/**
	 * Does nothing where the folder cannot be written.
	 *
	 * @param string[] $grants
	 */
	public function add( array $grants, int $now ): void {
		$file = $grants ? OwnFolder::open( $this->path ) : null;
		if ( ! $file ) {
			return;
		}
		$text = (string) stream_get_contents( $file );
		$new  = '';
		foreach ( $grants as $grant ) {
			// No lease that was signed by now lives longer.
			$new .= $grant . ' ' . ( $now + Lease::LONGEST + Lease::NOT_BEFORE_LEEWAY ) . "\n";
		}
		if ( strlen( $text ) > self::LARGEST ) {
			$this->write_anew( $file, self::lines( $text, $now ), $new );
		} else {
			fwrite( $file, ( '' === $text ? self::HEAD : '' ) . $new ); // phpcs:ignore WordPress.WP.AlternativeFunctions
		}
		fclose( $file ); // phpcs:ignore WordPress.WP.AlternativeFunctions
	}

	/**
	 * @param resource          $file
	 * @param array<string,int> $kept
	 */
	private function write_anew( $file, array $kept, string $new ): void {
		$text = self::HEAD;
		foreach ( $kept as $grant => $until ) {
			$text .= "$grant $until\n";
		}
		rewind( $file );
		ftruncate( $file, (int) fwrite( $file, $text . $new ) ); // phpcs:ignore WordPress.WP.AlternativeFunctions
	}

	/** @return array<string,int> */
	private static function lines( string $text, int $now ): array {
		preg_match_all( '/^([A-Za-z0-9_.:-]{1,64}) ([0-9]{1,12})$/m', $text, $found );
		$grants = $found[1] ? array_combine( $found[1], array_map( 'intval', $found[2] ) ) : array();
		return array_filter(
			$grants,
			static function ( int $until ) use ( $now ): bool {
				return $until > $now;
			}
		);
	}
}
