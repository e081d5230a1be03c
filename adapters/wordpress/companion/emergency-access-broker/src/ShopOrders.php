<?php
namespace EmergencyAccess;

/** Where the pieces that open shop orders are put together; without WooCommerce none of their hooks fires. */
final class ShopOrders {
	public static function hook( Elevation $elevation, \wpdb $db ): void {
		$access = new OrderAccess( $elevation, new PatientOrders( $db ) );
		( new OrderDoor( $access ) )->hook();
		( new OrderPages( $elevation, $access ) )->hook();
		( new OrderScreen( $access ) )->hook();
	}
}
