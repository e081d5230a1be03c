<?php
namespace EmergencyAccess\Orders;

use EmergencyAccess\Events\RequestName;
use EmergencyAccess\Lending\BarePages;
use EmergencyAccess\Lending\Elevation;

/** Where the pieces that open shop orders are put together; without WooCommerce none of their hooks fires. */
final class ShopOrders {
	public static function hook( Elevation $elevation, BarePages $pages, \wpdb $db ): void {
		$access = self::access( $elevation, $pages, $db );
		( new OrderDoor( $access ) )->hook();
		( new OrderPages( $elevation, $access ) )->hook();
		( new OrderWatch( $access ) )->hook();
		( new OrderScreen( $access ) )->hook();
	}

	public static function access( Elevation $elevation, BarePages $pages, \wpdb $db ): OrderAccess {
		return new OrderAccess( $elevation, new PatientOrders( $db ), new RequestName( $pages ) );
	}
}
