<?php
namespace EmergencyAccess\Events;

/** Plugins and themes switched, installed, updated and deleted. */
final class CodeChanges {
	/** @var Seen */
	private $seen;

	public function __construct( Seen $seen ) {
		$this->seen = $seen;
	}

	/** @param mixed $network */
	public function switched_on( string $plugin, $network = false ): void {
		$this->tell( $plugin, 'on', $network );
		StoredOptions::settle( $this->seen, StoredOptions::plugin( $plugin ), 'on' );
	}

	/** @param mixed $network */
	public function switched_off( string $plugin, $network = false ): void {
		$this->tell( $plugin, 'off', $network );
		StoredOptions::settle( $this->seen, StoredOptions::plugin( $plugin ), null );
	}

	/** @param mixed $done */
	public function deleted( string $plugin, $done = true ): void {
		if ( $done ) {
			$this->tell( $plugin, 'deleted' );
		}
	}

	/**
	 * @param mixed $upgrader
	 * @param mixed $what
	 */
	public function installed( $upgrader, $what = array() ): void {
		$what   = is_array( $what ) ? $what : array();
		$type   = (string) ( $what['type'] ?? '' );
		$single = $what[ $type ] ?? ( $upgrader->result['destination_name'] ?? '' );
		$names  = (array) ( $what[ $type . 's' ] ?? $single );
		$done   = 'update' === ( $what['action'] ?? '' ) ? 'updated' : 'installed';
		foreach ( 'translation' === $type ? array() : $names as $name ) {
			Occurrence::tell( 'plugin_switched', '', Someone::acting(), array( 'what' => $type, 'name' => is_string( $name ) ? $name : '', 'to' => $done ) + Someone::means() );
		}
	}

	/**
	 * @param mixed $title
	 * @param mixed $theme
	 */
	public function theme_switched( $title, $theme = null ): void {
		$name = $theme instanceof \WP_Theme ? $theme->get_stylesheet() : '';
		Occurrence::tell( 'plugin_switched', '', Someone::acting(), array( 'what' => 'theme', 'name' => $name, 'to' => 'on' ) + Someone::means() );
		StoredOptions::settle( $this->seen, StoredOptions::THEME, $name );
	}

	/** @param mixed $network */
	private function tell( string $plugin, string $to, $network = false ): void {
		$where = $network ? array( 'where' => 'network' ) : array();
		Occurrence::tell( 'plugin_switched', '', Someone::acting(), array( 'what' => 'plugin', 'name' => $plugin, 'to' => $to ) + $where + Someone::means() );
	}
}
