<?php
/** network.php SITE_FOLDER URL: makes the site the first of a network. */

$address = parse_url( $argv[2], PHP_URL_HOST ) . ':' . parse_url( $argv[2], PHP_URL_PORT );
define( 'WP_INSTALLING_NETWORK', true );
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

foreach ( $wpdb->tables( 'ms_global' ) as $name => $table ) {
	$wpdb->$name = $table;
}
install_network();
$made = populate_network( 1, $address, 'admin@demo.example', 'Demo network', '/', false );
if ( is_wp_error( $made ) && 'no_wildcard_dns' !== $made->get_error_code() ) {
	fwrite( STDERR, $made->get_error_message() );
	exit( 1 );
}
