<?php
/** consumer_key.php SITE_FOLDER LOGIN: prints a WooCommerce API key that may read and write, and its secret. */

require $argv[1] . '/wp-load.php';

$key    = 'ck_' . bin2hex( random_bytes( 20 ) );
$secret = 'cs_' . bin2hex( random_bytes( 20 ) );
$GLOBALS['wpdb']->insert(
	$GLOBALS['wpdb']->prefix . 'woocommerce_api_keys',
	array(
		'user_id'         => get_user_by( 'login', $argv[2] )->ID,
		'description'     => 'test',
		'permissions'     => 'read_write',
		'consumer_key'    => wc_api_hash( $key ),
		'consumer_secret' => $secret,
		'truncated_key'   => substr( $key, -7 ),
	)
);
echo "$key $secret";
