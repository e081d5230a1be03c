<?php
/**
 * Leaves nothing behind.
 *
 * @package EmergencyAccess
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

$emergency_access_forget = static function (): void {
	foreach ( array( 'leases', 'uses', 'calls', 'orders', 'state', 'events', 'seen' ) as $table ) {
		$GLOBALS['wpdb']->query( "DROP TABLE IF EXISTS {$GLOBALS['wpdb']->prefix}emergency_access_{$table}" );
	}
	delete_option( 'emergency_access_schema' );
	$emergency_access_keys = $GLOBALS['wpdb']->esc_like( 'emergency_access_keys_' ) . '%';
	$GLOBALS['wpdb']->query( $GLOBALS['wpdb']->prepare( "DELETE FROM {$GLOBALS['wpdb']->options} WHERE option_name LIKE %s", $emergency_access_keys ) );
};

foreach ( is_multisite() ? get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) : array( 0 ) as $emergency_access_site ) {
	if ( $emergency_access_site ) {
		switch_to_blog( $emergency_access_site );
		$emergency_access_forget();
		restore_current_blog();
	} else {
		$emergency_access_forget();
	}
}
foreach ( (array) glob( WP_CONTENT_DIR . '/uploads/emergency-access/*-*.php' ) as $emergency_access_file ) {
	unlink( $emergency_access_file );
}
if ( is_dir( WP_CONTENT_DIR . '/uploads/emergency-access' ) ) {
	rmdir( WP_CONTENT_DIR . '/uploads/emergency-access' );
}
