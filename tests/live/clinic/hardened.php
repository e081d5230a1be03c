<?php
/**
 * Plugin Name: Hardened
 * Description: What security plugins and careful hosts do to a site, each switched on by its name in the option "hardened".
 */

( static function () {
	$ways = array_flip( explode( ' ', (string) get_option( 'hardened', '' ) ) );

	if ( isset( $ways['rest_locked'] ) ) {
		// As late as WordPress allows.
		add_filter(
			'rest_authentication_errors',
			static function ( $errors ) {
				return is_user_logged_in() ? $errors : new WP_Error( 'rest_login_required', 'Log in first.', array( 'status' => 401 ) );
			},
			PHP_INT_MAX
		);
		remove_action( 'wp_head', 'rest_output_link_wp_head', 10 );
		remove_action( 'template_redirect', 'rest_output_link_header', 11 );
	}
	if ( isset( $ways['no_application_passwords'] ) ) {
		add_filter( 'wp_is_application_passwords_available', '__return_false', PHP_INT_MAX );
	}
	if ( isset( $ways['no_users'] ) ) {
		add_filter(
			'rest_endpoints',
			static function ( $endpoints ) {
				foreach ( array_keys( $endpoints ) as $route ) {
					if ( 0 === strpos( $route, '/wp/v2/users' ) ) {
						unset( $endpoints[ $route ] );
					}
				}
				return $endpoints;
			},
			PHP_INT_MAX
		);
	}
	if ( isset( $ways['no_foreign_routes'] ) ) {
		add_filter(
			'rest_endpoints',
			static function ( $endpoints ) {
				return array_filter(
					$endpoints,
					static function ( $route ) {
						return 0 === strpos( $route, '/wp/v2' );
					},
					ARRAY_FILTER_USE_KEY
				);
			},
			PHP_INT_MAX
		);
	}
	if ( isset( $ways['nobody_answered'] ) ) {
		add_filter(
			'rest_pre_dispatch',
			static function () {
				return new WP_Error( 'rest_disabled', 'The REST API is switched off.', array( 'status' => 403 ) );
			},
			PHP_INT_MAX
		);
	}
} )();
