<?php
/**
 * Plugin Name: Demo clinic
 * Description: Private notes about patients, the way a small clinic's site keeps them.
 */

add_action(
	'init',
	static function () {
		register_post_type(
			'telehealth_note',
			array(
				'label'           => 'Telehealth notes',
				'public'          => false,
				'show_ui'         => true,
				'show_in_rest'    => true,
				'capability_type' => array( 'telehealth_note', 'telehealth_notes' ),
				'map_meta_cap'    => true,
				'supports'        => array( 'title', 'editor', 'custom-fields', 'revisions' ),
			)
		);
	}
);

// The way shop plugins let API keys act for an account, reduced to its hook.
add_filter(
	'determine_current_user',
	static function ( $user_id ) {
		$key = $_SERVER['HTTP_X_DEMO_API_KEY'] ?? '';
		$own = (string) get_option( 'demo_api_key', '' );
		return ! $user_id && '' !== $own && hash_equals( $own, $key ) ? (int) get_option( 'demo_api_key_user' ) : $user_id;
	},
	15
);

// The way security plugins lock REST to people who are logged in.
add_filter(
	'rest_authentication_errors',
	static function ( $errors ) {
		if ( get_option( 'demo_rest_locked' ) && ! is_user_logged_in() && ! is_wp_error( $errors ) ) {
			return new WP_Error( 'rest_locked', 'Log in first.', array( 'status' => 401 ) );
		}
		return $errors;
	},
	99
);

// The way security plugins forbid editing a post to everybody.
add_filter(
	'map_meta_cap',
	static function ( $needed, $capability, $user_id, $args ) {
		$locked = (int) get_option( 'demo_locked_post' );
		return $locked && 'edit_post' === $capability && $locked === (int) $args[0] ? array( 'do_not_allow' ) : $needed;
	},
	10,
	4
);
