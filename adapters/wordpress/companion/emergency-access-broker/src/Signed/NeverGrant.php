<?php
namespace EmergencyAccess\Signed;

/** What no lease may give, whoever signed it: people, code, settings, networks, roles as such. */
final class NeverGrant {
	const FAMILIES = '/_(users?|plugins?|themes?|sites?|networks?|roles?|options|app_passwords?)\z'
		. '|^manage_network|^level_[0-9]+\z|_theme_options\z/';

	const NAMES = array(
		'administrator', 'editor', 'author', 'contributor', 'subscriber', 'super_admin', 'shop_manager',
		'do_not_allow', 'exist', 'customize', 'export', 'import', 'edit_files', 'edit_css', 'edit_dashboard',
		'unfiltered_html', 'unfiltered_upload', 'update_core', 'update_php', 'update_languages',
		'install_languages', 'export_others_personal_data', 'erase_others_personal_data',
		'manage_privacy_options', 'manage_woocommerce', 'view_site_health_checks',
	);

	public static function forbids( string $capability ): bool {
		return in_array( $capability, self::NAMES, true )
			|| 1 === preg_match( self::FAMILIES, $capability )
			|| self::is_role( $capability );
	}

	/** WordPress answers a role's name as if it were a capability, so this site's own roles count too. */
	private static function is_role( string $capability ): bool {
		return function_exists( 'wp_roles' ) && wp_roles()->is_role( $capability );
	}
}
