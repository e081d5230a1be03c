<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Orders\OrderAccess;
use EmergencyAccess\Orders\OrderPages;

/**
 * Keeps a network's super administrators from the shop's own pages of other people's orders.
 *
 * WooCommerce asks there for rights that customers have to their own orders, and
 * super administrators to all, without asking anybody.
 */
final class ProtectedOrders {
	const RIGHTS = array( 'view_order', 'order_again', 'cancel_order', 'pay_for_order' );

	/** @var ProtectedPosts */
	private $protected;
	/** @var OrderAccess */
	private $access;

	public function __construct( ProtectedPosts $protected, OrderAccess $access ) {
		$this->protected = $protected;
		$this->access    = $access;
	}

	public function hook(): void {
		add_filter( 'map_meta_cap', array( $this, 'stop' ), PHP_INT_MAX, 4 );
	}

	/**
	 * @param string[]     $needed
	 * @param array<mixed> $args
	 * @return string[]
	 */
	public function stop( array $needed, string $capability, int $user_id, array $args ): array {
		$about = $args[0] ?? null;
		if ( ! in_array( $capability, array_merge( self::RIGHTS, array( 'download_file' ) ), true ) || ! $about
			|| $user_id <= 0 || ! is_super_admin( $user_id ) || ! $this->protected->has_orders() ) {
			return $needed;
		}
		if ( 'download_file' === $capability ) {
			return is_object( $about ) && (int) $about->get_user_id() === $user_id ? $needed : array( 'do_not_allow' );
		}
		$id    = is_numeric( $about ) ? (int) $about : 0;
		$order = $id && function_exists( 'wc_get_order' ) ? wc_get_order( $id ) : null;
		$own   = $order instanceof \WC_Order && (int) $order->get_customer_id() === $user_id;
		return $own || ( 'view_order' === $capability && $this->lent( $id, $user_id ) ) ? $needed : array( 'do_not_allow' );
	}

	private function lent( int $id, int $user_id ): bool {
		return $id === OrderPages::shown() && $this->access->user_id() === $user_id && $this->access->any() && $this->access->enter( $id, 'read' );
	}
}
