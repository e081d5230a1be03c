<?php
/** "My account", and the shop's way of keeping customers out of wp-admin. */

add_filter(
	'user_has_cap',
	static function ( array $held, array $needed, array $arguments ) {
		$order = 'view_order' === ( $needed[0] ?? '' ) ? wc_get_order( $arguments[2] ?? 0 ) : false;
		if ( $order && (int) $arguments[1] === $order->get_user_id() ) {
			$held['view_order'] = true;
		}
		return $held;
	},
	10,
	3
);

add_action(
	'template_redirect',
	static function () {
		if ( is_page( 'my-account' ) ) {
			nocache_headers();
			$id    = (int) get_query_var( 'view-order' );
			$order = wc_get_order( $id );
			echo '<!doctype html><title>My account</title>';
			if ( $id && ( ! $order || ! current_user_can( 'view_order', $id ) ) ) {
				echo 'Invalid order.';
			} elseif ( $id ) {
				stub_order_page( $order );
			}
			do_action( 'woocommerce_account_content' );
			exit;
		}
	}
);

/** Which actions there are depends on the status, as in the real one. */
function stub_order_page( WC_Order $order ): void {
	foreach ( $order->get_items() as $item ) {
		echo '<p>', esc_html( $item->get_name() ), '</p>';
	}
	$actions = array( 'view' => array( 'url' => home_url( '/my-account/view-order/' . $order->get_id() . '/' ) ) );
	if ( 'pending' === $order->get_status() ) {
		$actions['pay'] = array( 'url' => home_url( '/?pay_for_order=true&key=' . $order->get_order_key() ) );
	}
	foreach ( apply_filters( 'woocommerce_my_account_my_orders_actions', $actions, $order ) as $action ) {
		echo '<a href="', esc_url( $action['url'] ), '">do</a>';
	}
	do_action( 'woocommerce_view_order', $order->get_id() );
}

add_action(
	'admin_init',
	static function () {
		$exempt    = in_array( basename( $_SERVER['SCRIPT_FILENAME'] ?? '' ), array( 'admin-post.php', 'admin-ajax.php' ), true );
		$prevented = ! $exempt && ! current_user_can( 'edit_posts' ) && ! current_user_can( 'manage_woocommerce' );
		if ( apply_filters( 'woocommerce_prevent_admin_access', $prevented ) ) {
			wp_safe_redirect( home_url( '/my-account/' ) );
			exit;
		}
	}
);
