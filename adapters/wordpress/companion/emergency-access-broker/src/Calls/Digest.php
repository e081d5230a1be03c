<?php
namespace EmergencyAccess\Calls;

/** A digest over the companion's own files, so that the broker notices another version or an edit. */
final class Digest {
	/** SHA-256 over "name NUL sha256-hex LF" of every .php file, sorted by name. */
	public static function of_files( string $folder ): string {
		$lines = array();
		$found = new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( $folder, \FilesystemIterator::SKIP_DOTS ) );
		foreach ( $found as $file ) {
			if ( 'php' === $file->getExtension() ) {
				$name           = str_replace( '\\', '/', substr( $file->getPathname(), strlen( $folder ) + 1 ) );
				$lines[ $name ] = $name . "\0" . hash_file( 'sha256', $file->getPathname() ) . "\n";
			}
		}
		ksort( $lines, SORT_STRING );
		return hash( 'sha256', implode( '', $lines ) );
	}
}
