<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Signed\NeverGrant;

/** Who holds rights all the time that no lease may ever give: administrators, shop managers and their like. */
final class StandingRights {
	/** Editors have these, and open no accounts, code or settings by them. */
	const ORDINARY = '/\A(level_[0-9]+|unfiltered_html|unfiltered_upload|edit_dashboard)\z/';

	/** @var \wpdb */
	private $db;
	/** @var array<string,array<string,bool>>|null */
	private $roles;

	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	/** The field of an account that holds its roles and capabilities on this site. */
	public function field(): string {
		return $this->db->get_blog_prefix() . 'capabilities';
	}

	/** @return int[] Ids of the accounts. */
	public function holders(): array {
		$mighty = $this->mighty();
		// Thousands of customers have exactly one role that does nothing: they are left out where they are kept.
		$dull = array();
		foreach ( array_keys( array_diff_key( $this->roles(), $mighty ) ) as $role ) {
			$dull[] = serialize( array( (string) $role => true ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions
		}
		$not = $dull ? ' AND meta_value NOT IN (' . implode( ',', array_fill( 0, count( $dull ), '%s' ) ) . ')' : '';
		$sql = $this->db->prepare( "SELECT user_id, meta_value FROM {$this->db->usermeta} JOIN {$this->db->users} ON ID = user_id WHERE meta_key = %s$not ORDER BY user_id", array_merge( array( $this->field() ), $dull ) );

		$holders = array();
		foreach ( (array) $this->db->get_results( $sql, 'ARRAY_A' ) as $row ) {
			foreach ( array_keys( array_filter( self::unpack( $row['meta_value'] ) ) ) as $name ) {
				if ( isset( $mighty[ $name ] ) || ( ! isset( $this->roles()[ $name ] ) && self::matters( (string) $name ) ) ) {
					$holders[ $row['user_id'] ] = (int) $row['user_id'];
				}
			}
		}
		return array_values( $holders );
	}

	/**
	 * Objects are never made of what stands in a table.
	 *
	 * @return array<mixed>
	 */
	public static function unpack( string $stored ): array {
		$value = @unserialize( $stored, array( 'allowed_classes' => false ) ); // phpcs:ignore
		return is_array( $value ) ? $value : array();
	}

	/** @return array<string,array<string,bool>> Roles that hold what matters. */
	private function mighty(): array {
		return array_filter(
			$this->roles(),
			static function ( array $capabilities ): bool {
				return (bool) array_filter( array_map( 'strval', array_keys( array_filter( $capabilities ) ) ), array( self::class, 'matters' ) );
			}
		);
	}

	/** @return array<string,array<string,bool>> Capabilities by role: those in force, and those in the table, should they differ. */
	private function roles(): array {
		if ( null !== $this->roles ) {
			return $this->roles;
		}
		$stored = (string) $this->db->get_var( $this->db->prepare( "SELECT option_value FROM {$this->db->options} WHERE option_name = %s", $this->db->get_blog_prefix() . 'user_roles' ) );
		$roles  = array();
		foreach ( array( self::unpack( $stored ), wp_roles()->roles ) as $source ) {
			foreach ( $source as $name => $role ) {
				$roles[ $name ] = ( $roles[ $name ] ?? array() ) + array_filter( (array) ( $role['capabilities'] ?? array() ) );
			}
		}
		$this->roles = $roles;
		return $roles;
	}

	private static function matters( string $capability ): bool {
		return ! preg_match( self::ORDINARY, $capability ) && NeverGrant::forbids( $capability );
	}
}
