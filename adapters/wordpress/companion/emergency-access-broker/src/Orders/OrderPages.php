<?php
namespace EmergencyAccess\Orders;

use EmergencyAccess\Lending\Elevation;

/** WooCommerce's own pages: one order opens in "my account", and nothing on it outlives the lease. */
final class OrderPages {
	/** @var Elevation */
	private $elevation;
	/** @var OrderAccess */
	private $access;

	public function __construct( Elevation $elevation, OrderAccess $access ) {
		$this->elevation = $elevation;
		$this->access    = $access;
	}

	public function hook(): void {
		add_filter( 'user_has_cap', array( $this, 'view' ), PHP_INT_MAX, 4 );
		add_filter( 'woocommerce_order_get_order_key', array( $this, 'hide_key' ), PHP_INT_MAX, 2 );
		add_filter( 'woocommerce_my_account_my_orders_actions', array( $this, 'offer_nothing' ), PHP_INT_MAX, 2 );
		add_filter( 'woocommerce_prevent_admin_access', array( $this, 'let_into_admin' ), PHP_INT_MAX );
	}

	/**
	 * Only on the page that shows the very order asked about.
	 *
	 * @param array<string,bool> $held
	 * @param string[]           $needed
	 * @param array<mixed>       $args
	 * @return array<string,bool>
	 */
	public function view( array $held, array $needed, array $args, \WP_User $user ): array {
		if ( array( 'view_order' ) !== $needed || ! empty( $held['view_order'] ) || (int) $user->ID !== $this->access->user_id() ) {
			return $held;
		}
		$asked = is_numeric( $args[2] ?? null ) ? (int) $args[2] : 0;
		if ( 0 !== $asked && $asked === self::shown() && $this->access->any() && $this->access->enter( $asked, 'read' ) ) {
			$held['view_order'] = true;
		}
		return $held;
	}

	/**
	 * The key opens an order without a login, in links to pay or to download; what it is replaced with fits nothing.
	 *
	 * @param mixed $key
	 * @param mixed $order
	 * @return mixed
	 */
	public function hide_key( $key, $order ) {
		return $this->is_lent( $order ) ? 'hidden_' . bin2hex( random_bytes( 16 ) ) : $key;
	}

	/**
	 * Paying, cancelling and ordering again are the customer's.
	 *
	 * @param mixed $actions
	 * @param mixed $order
	 * @return mixed
	 */
	public function offer_nothing( $actions, $order ) {
		return $this->is_lent( $order ) ? array() : $actions;
	}

	/**
	 * WooCommerce sends customers away from wp-admin, where a lease leads its holder.
	 *
	 * @param mixed $prevented
	 * @return mixed
	 */
	public function let_into_admin( $prevented ) {
		return $this->elevation->leases( $this->elevation->user_id() ) ? false : $prevented;
	}

	/**
	 * On the page that shows it to the holder; a mail to its customer must carry the true key.
	 *
	 * @param mixed $order
	 */
	private function is_lent( $order ): bool {
		return $order instanceof \WC_Order && $order->get_id() === self::shown() && $this->access->any() && $this->access->lends( $order );
	}

	/** The order whose page in "my account" this is, 0 for none. */
	public static function shown(): int {
		$shown = $GLOBALS['wp']->query_vars['view-order'] ?? 0;
		return is_numeric( $shown ) && ! is_admin() && ! ( defined( 'REST_REQUEST' ) && REST_REQUEST ) ? (int) $shown : 0;
	}
}
