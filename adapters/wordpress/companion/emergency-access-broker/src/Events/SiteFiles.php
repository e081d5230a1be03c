<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Calls\Digest;

/**
 * The site's own code, by names, sizes and times of its files: each plugin, each theme, the must-use
 * plugins, what stands beside wp-config.php, what replaces parts of WordPress.
 *
 * WordPress itself and uploads/ are left out: they are large, and other means watch them.
 */
final class SiteFiles implements Watched {
	const MOST    = 60000;
	const LONGEST = 2.0;
	const RUNS    = '/(\.(php[0-9]?|phtml|phar|inc)|\/\.(htaccess|user\.ini))\z/i';

	/** @var int */
	private $left = self::MOST;
	/** @var float */
	private $until = 0.0;

	public function group(): string {
		return 'files';
	}

	public function present(): ?array {
		$this->until = microtime( true ) + self::LONGEST;
		$this->left  = self::MOST;
		$present     = array( 'files:site' => $this->loose( ABSPATH ), 'files:content' => $this->loose( WP_CONTENT_DIR ) );
		$config      = file_exists( ABSPATH . 'wp-config.php' ) ? ABSPATH . 'wp-config.php' : dirname( ABSPATH ) . '/wp-config.php';
		$present    += array( 'files:wp-config.php' => StoredOptions::short( (string) @file_get_contents( $config ) ) ); // phpcs:ignore
		foreach ( array( 'plugins' => WP_PLUGIN_DIR, 'mu-plugins' => WPMU_PLUGIN_DIR, 'themes' => get_theme_root() ) as $kind => $folder ) {
			foreach ( $this->parts( $folder ) as $part ) {
				$present[ 'files:' . substr( "$kind/" . basename( $part ), 0, 180 ) ] = $this->digest( $part );
			}
		}
		return $this->is_over() ? null : $present;
	}

	public function meaning( string $name, ?string $was, ?string $is ): array {
		$change = null === $was ? 'added' : ( null === $is ? 'removed' : 'changed' );
		return array( array( 'files_changed', array( 'object' => substr( $name, 6 ), 'change' => $change, 'digest' => (string) $is ) ) );
	}

	/** @return string[] */
	private function parts( string $folder ): array {
		$found = array();
		foreach ( is_dir( $folder ) ? (array) @scandir( $folder ) : array() as $name ) { // phpcs:ignore
			if ( ! in_array( $name, array( '.', '..' ), true ) ) {
				$found[] = rtrim( $folder, '/' ) . '/' . $name;
			}
		}
		return $found;
	}

	/** What runs in the folder itself, not below it. */
	private function loose( string $folder ): string {
		$lines = array();
		foreach ( $this->parts( $folder ) as $path ) {
			if ( preg_match( self::RUNS, $path ) && is_file( $path ) && 'wp-config.php' !== basename( $path ) ) {
				$lines[] = $this->line( $path, basename( $path ) );
			}
		}
		return self::sum( $lines );
	}

	/** A plugin, a theme, or a single file among them. */
	private function digest( string $part ): string {
		$real = (string) realpath( $part );
		if ( is_file( $real ) ) {
			return self::sum( array( $this->line( $real, basename( $part ) ) ) );
		}
		$lines = array();
		if ( is_dir( $real ) ) {
			$files = new \RecursiveIteratorIterator( new \RecursiveDirectoryIterator( $real, \FilesystemIterator::SKIP_DOTS ), \RecursiveIteratorIterator::LEAVES_ONLY, \RecursiveIteratorIterator::CATCH_GET_CHILD );
			foreach ( $files as $file ) {
				if ( $this->is_over() ) {
					return '';
				}
				if ( preg_match( self::RUNS, $file->getPathname() ) ) {
					$lines[] = $this->line( $file->getPathname(), substr( $file->getPathname(), strlen( $real ) ) );
				}
			}
		}
		return dirname( __DIR__, 2 ) === $real ? Digest::of_files( $real ) : self::sum( $lines );
	}

	private function line( string $path, string $name ): string {
		--$this->left;
		$stat = @stat( $path ); // phpcs:ignore
		return $name . "\0" . ( $stat ? $stat['size'] . ' ' . $stat['mtime'] : 'unreadable' );
	}

	/** @param string[] $lines */
	private static function sum( array $lines ): string {
		sort( $lines, SORT_STRING );
		return count( $lines ) . ' ' . StoredOptions::short( implode( "\n", $lines ) );
	}

	private function is_over(): bool {
		return $this->left < 0 || microtime( true ) > $this->until;
	}
}
