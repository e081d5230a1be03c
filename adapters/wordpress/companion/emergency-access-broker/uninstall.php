<?php
/**
 * Leaves nothing behind.
 *
 * @package EmergencyAccess
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

foreach ( array( 'leases', 'uses', 'calls', 'orders', 'state', 'events', 'seen' ) as $table ) {
	$GLOBALS['wpdb']->query( "DROP TABLE IF EXISTS {$GLOBALS['wpdb']->prefix}emergency_access_{$table}" );
}
delete_option( 'emergency_access_schema' );
foreach ( (array) glob( WP_CONTENT_DIR . '/uploads/emergency-access/mark-*.php' ) as $file ) {
	unlink( $file );
}
