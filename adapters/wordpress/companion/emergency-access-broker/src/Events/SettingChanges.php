<?php
namespace EmergencyAccess\Events;

/** The few settings by which somebody gets in, or takes a site elsewhere. */
final class SettingChanges {
	/** @var Seen */
	private $seen;
	/** @var array<string,array{0:?string,1:string,2:array<string,string>}> New value, who, how; by role. */
	private $roles = array();

	public function __construct( Seen $seen ) {
		$this->seen = $seen;
	}

	/**
	 * @param mixed $old
	 * @param mixed $new
	 */
	public function default_role( $old, $new ): void {
		$this->tell( 'default_role', $new, array( 'to' => (string) $new ) );
	}

	/**
	 * @param mixed $old
	 * @param mixed $new
	 */
	public function users_can_register( $old, $new ): void {
		$this->tell( 'users_can_register', $new, array( 'to' => $new ? 'yes' : 'no' ) );
	}

	/**
	 * Addresses of people are nobody's business elsewhere.
	 *
	 * @param mixed $old
	 * @param mixed $new
	 */
	public function admin_email( $old, $new ): void {
		$this->tell( 'admin_email', $new );
	}

	/**
	 * @param mixed $old
	 * @param mixed $new
	 */
	public function siteurl( $old, $new ): void {
		$this->tell( 'siteurl', $new, array( 'to' => (string) $new ) );
	}

	/**
	 * What the roles may do.
	 *
	 * @param mixed $old
	 * @param mixed $new
	 */
	public function roles( $old, $new ): void {
		$before = StoredOptions::roles( $old );
		$after  = StoredOptions::roles( $new );
		foreach ( array_keys( $before + $after ) as $name ) {
			if ( ( $before[ $name ] ?? null ) !== ( $after[ $name ] ?? null ) ) {
				$this->roles || add_action( 'shutdown', array( $this, 'tell_roles' ) );
				$this->roles[ $name ] = array( $after[ $name ] ?? null, Someone::acting(), Someone::means() );
			}
		}
	}

	/** Once: a shop that is installed changes a role a hundred times. Should it die before, the comparison finds it. */
	public function tell_roles(): void {
		foreach ( $this->roles as $name => list( $value, $account, $means ) ) {
			Occurrence::tell( 'role_changed', '', $account, array( 'object' => 'role ' . StoredOptions::bare( $name ) ) + $means );
			StoredOptions::settle( $this->seen, $name, $value );
		}
		$this->roles = array();
	}

	/**
	 * @param mixed                $new
	 * @param array<string,string> $facts
	 */
	private function tell( string $name, $new, array $facts = array() ): void {
		Occurrence::tell( 'setting_changed', '', Someone::acting(), array( 'object' => "setting $name" ) + $facts + Someone::means() );
		StoredOptions::settle( $this->seen, StoredOptions::setting( $name ), StoredOptions::short( (string) $new ) );
	}
}
