<?php
namespace EmergencyAccess\Events;

/**
 * Notices what changes about accounts, plugins and settings without the broker.
 *
 * Nothing is loaded before one of these things happens.
 */
final class OutsideChanges {
	const HOOKS = array(
		'update_user_meta'               => array( RoleChanges::class, 'before' ),
		'delete_user_meta'               => array( RoleChanges::class, 'before' ),
		'added_user_meta'                => array( RoleChanges::class, 'after' ),
		'updated_user_meta'              => array( RoleChanges::class, 'after' ),
		'deleted_user_meta'              => array( RoleChanges::class, 'after_removal' ),
		'granted_super_admin'            => array( RoleChanges::class, 'network_granted' ),
		'revoked_super_admin'            => array( RoleChanges::class, 'network_revoked' ),
		'user_register'                  => array( AccountChanges::class, 'created' ),
		'deleted_user'                   => array( AccountChanges::class, 'deleted' ),
		'profile_update'                 => array( AccountChanges::class, 'updated' ),
		'after_password_reset'           => array( AccountChanges::class, 'password_reset' ),
		'wp_set_password'                => array( AccountChanges::class, 'password_set' ),
		'wp_create_application_password' => array( AccountChanges::class, 'application_password_created' ),
		'wp_delete_application_password' => array( AccountChanges::class, 'application_password_deleted' ),
		'activated_plugin'               => array( CodeChanges::class, 'switched_on' ),
		'deactivated_plugin'             => array( CodeChanges::class, 'switched_off' ),
		'deleted_plugin'                 => array( CodeChanges::class, 'deleted' ),
		'upgrader_process_complete'      => array( CodeChanges::class, 'installed' ),
		'switch_theme'                   => array( CodeChanges::class, 'theme_switched' ),
		'update_option_default_role'       => array( SettingChanges::class, 'default_role' ),
		'update_option_users_can_register' => array( SettingChanges::class, 'users_can_register' ),
		'update_option_admin_email'        => array( SettingChanges::class, 'admin_email' ),
		'update_option_siteurl'            => array( SettingChanges::class, 'siteurl' ),
	);

	/** @var \wpdb */
	private $db;
	/** @var array<string,object> */
	private $made = array();

	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	public function hook(): void {
		$hooks = self::HOOKS + array( "update_option_{$this->db->prefix}user_roles" => array( SettingChanges::class, 'roles' ) );
		foreach ( $hooks as $name => list( $class, $method ) ) {
			add_action(
				$name,
				function ( ...$arguments ) use ( $class, $method ): void {
					$this->made[ $class ] = $this->made[ $class ] ?? new $class( new Seen( $this->db ) );
					$this->made[ $class ]->$method( ...$arguments );
				},
				PHP_INT_MIN,
				9
			);
		}
	}
}
