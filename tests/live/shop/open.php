<?php
/** shop.php SITE_FOLDER hpos|posts: opens the shop, with orders kept in their own tables or as posts. */

require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/plugin.php';

if ( ! is_plugin_active( 'woocommerce/woocommerce.php' ) ) {
	$failed = activate_plugin( 'woocommerce/woocommerce.php' );
	if ( is_wp_error( $failed ) ) {
		fwrite( STDERR, $failed->get_error_message() );
		exit( 1 );
	}
}
WC_Install::install();
WC_Install::create_pages();
update_option( 'woocommerce_coming_soon', 'no' );
// Nobody is led to the first steps of a new shop.
delete_transient( '_wc_activation_redirect' );
update_option( 'woocommerce_onboarding_profile', array( 'skipped' => true ) );
global $wp_rewrite;
$wp_rewrite->set_permalink_structure( '/%postname%/' );

// Which way is fixed before the first order: a visit to wp-admin could switch it otherwise.
$tables = 'Automattic\WooCommerce\Internal\DataStores\Orders\DataSynchronizer';
if ( class_exists( $tables ) ) {
	wc_get_container()->get( $tables )->create_database_tables();
}
update_option( 'woocommerce_custom_orders_table_enabled', 'hpos' === $argv[2] ? 'yes' : 'no' );
update_option( 'woocommerce_custom_orders_table_data_sync_enabled', 'no' );

// Far apart, so that a number says what it is of.
foreach ( array( 'posts' => 100000, 'comments' => 200000, 'users' => 300000 ) as $table => $first ) {
	$GLOBALS['wpdb']->query( "ALTER TABLE {$GLOBALS['wpdb']->prefix}{$table} AUTO_INCREMENT = {$first}" );
}
