<?php
/** install.php SITE_FOLDER URL: a fresh site with one administrator nobody knows the password of. */

define( 'WP_INSTALLING', true );
$_SERVER['HTTP_HOST']   = parse_url( $argv[2], PHP_URL_HOST ) . ':' . parse_url( $argv[2], PHP_URL_PORT );
$_SERVER['REQUEST_URI'] = '/';
require $argv[1] . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

/** No mail leaves a test site. */
function wp_new_blog_notification() {
}

wp_install( 'Demo clinic', 'admin', 'admin@demo.example', false, '', bin2hex( random_bytes( 16 ) ) );
update_option( 'siteurl', $argv[2] );
update_option( 'home', $argv[2] );
