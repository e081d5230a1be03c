<?php
/** API keys act for their account on pretty addresses below wc/, by OAuth 1.0a without TLS. */

add_filter(
	'determine_current_user',
	static function ( $user_id ) {
		$key = $_GET['oauth_consumer_key'] ?? '';
		if ( $user_id || ! is_string( $key ) || '' === $key || false === strpos( $_SERVER['REQUEST_URI'] ?? '', rest_get_url_prefix() . '/wc/' ) ) {
			return $user_id;
		}
		$table = $GLOBALS['wpdb']->prefix . 'woocommerce_api_keys';
		$row   = $GLOBALS['wpdb']->get_row( $GLOBALS['wpdb']->prepare( "SELECT * FROM $table WHERE consumer_key = %s", wc_api_hash( $key ) ) );
		$said  = array_diff_key( $_GET, array( 'oauth_signature' => 1 ) );
		ksort( $said );
		$base  = 'GET&' . rawurlencode( home_url( strtok( $_SERVER['REQUEST_URI'], '?' ) ) ) . '&' . rawurlencode( http_build_query( $said, '', '&', PHP_QUERY_RFC3986 ) );
		$right = $row && hash_equals( base64_encode( hash_hmac( 'sha256', $base, $row->consumer_secret . '&', true ) ), $_GET['oauth_signature'] ?? '' );
		return $right ? (int) $row->user_id : $user_id;
	},
	15
);
