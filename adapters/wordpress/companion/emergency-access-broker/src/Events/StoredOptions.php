<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Keeping\StorageFailed;

/** Which plugins and theme run, what roles may do, and the settings that matter, as the database has them. */
final class StoredOptions implements Watched {
	const GROUP    = 'stored';
	const THEME    = 'stored:theme';
	const SETTINGS = array( 'default_role', 'users_can_register', 'admin_email', 'siteurl' );

	/** @var \wpdb */
	private $db;

	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	public function group(): string {
		return self::GROUP;
	}

	public function present(): ?array {
		$options = $this->read();
		$roles   = $this->db->prefix . 'user_roles';
		$present = array( self::THEME => $options['stylesheet'] ?? '' ) + self::roles( maybe_unserialize( $options[ $roles ] ?? '' ) );
		foreach ( $this->plugins( $options['active_plugins'] ?? '' ) as $plugin ) {
			$present[ self::plugin( $plugin ) ] = 'on';
		}
		foreach ( self::SETTINGS as $name ) {
			$present[ self::setting( $name ) ] = self::short( $options[ $name ] ?? '' );
		}
		return $present;
	}

	public function meaning( string $name, ?string $was, ?string $is ): array {
		list( , $what ) = explode( ':', $name );
		$object         = self::bare( $name );
		switch ( $what ) {
			case 'plugin':
				return array( array( 'plugin_switched', array( 'what' => 'plugin', 'name' => $object, 'to' => null === $is ? 'off' : 'on' ) ) );
			case 'theme':
				return array( array( 'plugin_switched', array( 'what' => 'theme', 'name' => (string) $is, 'to' => 'on' ) ) );
			case 'role':
				return array( array( 'role_changed', array( 'object' => "role $object" ) ) );
			default:
				return array( array( 'setting_changed', array( 'object' => "setting $object" ) ) );
		}
	}

	public static function plugin( string $file ): string {
		return self::GROUP . ':plugin:' . substr( $file, 0, 150 );
	}

	public static function setting( string $name ): string {
		return self::GROUP . ':setting:' . $name;
	}

	/**
	 * @param mixed $roles As WordPress stores them.
	 * @return array<string,string> What each may do, in short.
	 */
	public static function roles( $roles ): array {
		$short = array();
		foreach ( is_array( $roles ) ? $roles : array() as $name => $role ) {
			$short[ self::GROUP . ':role:' . substr( (string) $name, 0, 150 ) ] = self::short( RoleChanges::listed( $role['capabilities'] ?? array() ) );
		}
		return $short;
	}

	/** The last part of a name. */
	public static function bare( string $name ): string {
		return explode( ':', $name, 3 )[2] ?? '';
	}

	public static function short( string $value ): string {
		return substr( hash( 'sha256', $value ), 0, 32 );
	}

	/** A change that was told already is not found again. */
	public static function settle( Seen $seen, string $name, ?string $value ): void {
		if ( null !== $seen->one( Comparison::BEGAN . self::GROUP ) ) {
			$seen->put( $name, $value );
		}
	}

	/** @return string[] */
	private function plugins( string $active ): array {
		$plugins = maybe_unserialize( $active );
		$network = is_multisite() ? array_keys( (array) get_site_option( 'active_sitewide_plugins', array() ) ) : array();
		return array_filter( array_merge( is_array( $plugins ) ? $plugins : array(), $network ), 'is_string' );
	}

	/** @return array<string,string> Straight from the table: a cache would show what WordPress was told. */
	private function read(): array {
		$names = array_merge( self::SETTINGS, array( 'active_plugins', 'stylesheet', $this->db->prefix . 'user_roles' ) );
		$holes = implode( ', ', array_fill( 0, count( $names ), '%s' ) );
		$rows  = $this->db->get_results( $this->db->prepare( "SELECT option_name, option_value FROM {$this->db->options} WHERE option_name IN ($holes)", $names ), 'ARRAY_A' );
		if ( ! $rows ) {
			throw new StorageFailed( 'the settings cannot be read' );
		}
		return array_column( $rows, 'option_value', 'option_name' );
	}
}
