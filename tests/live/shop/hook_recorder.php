<?php
/**
 * Plugin Name: Hook recorder
 * Description: Writes down which of WooCommerce's hooks fire, with which arguments, for requests that ask for it.
 */

// Fetching the nonce is no part of what was asked.
if ( empty( $_SERVER['HTTP_X_RECORD_HOOKS'] ) || 'rest-nonce' === ( $_GET['action'] ?? '' ) ) {
	return;
}

/** Scalars as they are, objects by class and id, a query by what confines it. */
function recorded_argument( $value ) {
	if ( $value instanceof WP_REST_Request ) {
		return $value->get_method() . ' ' . $value->get_route();
	}
	if ( $value instanceof WP_REST_Response ) {
		return 'response';
	}
	if ( is_object( $value ) ) {
		$class = $value instanceof WC_Order ? 'WC_Order' : get_class( $value );
		return $class . ( method_exists( $value, 'get_id' ) ? ' ' . $value->get_id() : '' );
	}
	if ( is_array( $value ) && isset( $value['post_type'] ) ) {
		return array_intersect_key( $value, array_flip( array( 'post_type', 'post__in', 'paged', 'posts_per_page' ) ) );
	}
	if ( is_array( $value ) && isset( $value['comment_post_ID'] ) ) {
		return array_intersect_key( $value, array_flip( array( 'comment_post_ID', 'comment_content', 'comment_type' ) ) );
	}
	if ( is_array( $value ) && isset( $value['view']['url'] ) ) {
		return array_keys( $value );
	}
	return $value;
}

function record_hook( string $hook, array $arguments ): void {
	// Newer WordPress asks what could be done with each link it shows.
	if ( in_array( 'get_target_hints_for_link', array_column( debug_backtrace( DEBUG_BACKTRACE_IGNORE_ARGS ), 'function' ), true ) ) {
		return;
	}
	$line = array( $hook, array_map( 'recorded_argument', $arguments ) );
	file_put_contents( WP_CONTENT_DIR . '/hooks.log', wp_json_encode( $line ) . "\n", FILE_APPEND | LOCK_EX );
}

foreach ( array(
	'woocommerce_rest_check_permissions',
	'woocommerce_rest_orders_prepare_object_query',
	'woocommerce_rest_prepare_shop_order_object',
	'woocommerce_new_order_note_data',
	'woocommerce_my_account_my_orders_actions',
	'woocommerce_prevent_admin_access',
) as $hook ) {
	add_filter(
		$hook,
		static function ( ...$arguments ) use ( $hook ) {
			record_hook( $hook, $arguments );
			return $arguments[0];
		},
		-1000,
		9
	);
}

add_filter(
	'user_has_cap',
	static function ( $held, $needed, $arguments ) {
		if ( array( 'view_order' ) === $needed ) {
			record_hook( 'user_has_cap', array( $needed, array( $arguments[0], $arguments[2] ?? null ) ) );
		}
		return $held;
	},
	-1000,
	3
);
