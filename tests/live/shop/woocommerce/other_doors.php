<?php
/** Routes beside orders: closed to whoever has no standing rights, and never opened by a lease. */

add_action(
	'rest_api_init',
	static function () {
		$refunds = static function () {
			return wc_rest_check_post_permissions( 'shop_order_refund', 'read' );
		};
		$routes  = array(
			'wc/v3'        => array(
				'refunds', 'customers', 'customers/(?P<id>[\d]+)', 'customers/(?P<id>[\d]+)/downloads', 'reports/orders/totals',
				'reports/sales', 'coupons', 'system_status', 'webhooks', 'data', 'orders/(?P<id>[\d]+)/actions/send_order_details', 'orders/(?P<id>[\d]+)/receipt',
			),
			'wc-analytics' => array( 'reports/orders', 'reports/orders/export', 'reports/customers', 'customers' ),
			'wc/store/v1'  => array( 'order/(?P<id>[\d]+)' ),
		);
		foreach ( $routes as $space => $own ) {
			foreach ( $own as $route ) {
				register_rest_route(
					$space,
					$route,
					array(
						'methods'             => 'GET,POST',
						'callback'            => '__return_empty_array',
						'permission_callback' => 'refunds' === $route ? $refunds : static function () use ( $route ) {
							return (bool) apply_filters( 'woocommerce_rest_check_permissions', current_user_can( 'manage_woocommerce' ), 'read', 0, $route );
						},
					)
				);
			}
		}
	}
);
