<?php
/**
 * Plugin Name: WooCommerce (a stub of it for tests)
 * Description: Fires WooCommerce's hooks around orders, with its arguments, and answers as it was recorded to answer.
 * Version: 0
 *
 * Written from what the real one was seen to do (contract.json), not from its code.
 */

define( 'WC_VERSION', '0-stub' );

require __DIR__ . '/order.php';
require __DIR__ . '/functions.php';
require __DIR__ . '/rest.php';
require __DIR__ . '/other_doors.php';
require __DIR__ . '/pages.php';
require __DIR__ . '/keys.php';

final class WooCommerce {
	public $version = WC_VERSION;
}

function WC(): WooCommerce {
	static $one;
	$one = $one ?? new WooCommerce();
	return $one;
}

final class WC_Install {
	public static function install(): void {
		add_role( 'customer', 'Customer', array( 'read' => true ) );
		$orders = array( 'read_private_shop_orders', 'publish_shop_orders', 'edit_shop_orders', 'edit_others_shop_orders' );
		add_role( 'shop_manager', 'Shop manager', array_fill_keys( array_merge( array( 'read', 'edit_posts', 'manage_woocommerce' ), $orders ), true ) );
		$GLOBALS['wpdb']->query(
			"CREATE TABLE IF NOT EXISTS {$GLOBALS['wpdb']->prefix}woocommerce_api_keys (
				key_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id bigint NOT NULL, description varchar(200),
				permissions varchar(10), consumer_key char(64), consumer_secret char(43), truncated_key char(7))"
		);
	}

	public static function create_pages(): void {
		if ( ! get_page_by_path( 'my-account' ) ) {
			wp_insert_post( array( 'post_type' => 'page', 'post_name' => 'my-account', 'post_title' => 'My account', 'post_status' => 'publish' ) );
		}
	}
}

add_action(
	'init',
	static function () {
		foreach ( array( 'shop_order', 'shop_order_refund', 'shop_coupon' ) as $type ) {
			register_post_type( $type, array( 'public' => false, 'capability_type' => 'shop_coupon' === $type ? $type : 'shop_order', 'map_meta_cap' => true ) );
		}
		foreach ( wc_get_order_statuses() as $status => $label ) {
			register_post_status( $status, array( 'label' => $label, 'public' => false, 'show_in_admin_all_list' => true ) );
		}
		add_rewrite_endpoint( 'view-order', EP_PAGES );
	}
);
