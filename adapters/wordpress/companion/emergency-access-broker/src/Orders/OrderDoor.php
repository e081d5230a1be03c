<?php
namespace EmergencyAccess\Orders;

/**
 * Opens WooCommerce's REST routes of orders for exactly what leases open.
 *
 * WooCommerce asks "may this person read orders?" often without saying which, so no
 * capability is lent. The one answer is turned, for the request it was asked in, on
 * a list of routes whose order is known from the address; what a list holds is
 * named one by one.
 */
final class OrderDoor {
	/** @var OrderAccess */
	private $access;
	/** @var \WP_REST_Request[] Requests under way, innermost last. */
	private $requests = array();
	/** @var \SplObjectStorage<\WP_REST_Request,OrderRoute> Requests a lease let in. */
	private $let_in;

	public function __construct( OrderAccess $access ) {
		$this->access = $access;
		$this->let_in = new \SplObjectStorage();
	}

	public function hook(): void {
		add_filter( 'rest_request_before_callbacks', array( $this, 'enter' ), PHP_INT_MAX, 3 );
		add_filter( 'woocommerce_rest_check_permissions', array( $this, 'permit' ), PHP_INT_MAX, 4 );
		add_filter( 'woocommerce_rest_orders_prepare_object_query', array( $this, 'confine' ), PHP_INT_MAX, 2 );
		add_filter( 'woocommerce_rest_prepare_shop_order_object', array( $this, 'strip' ), PHP_INT_MAX, 3 );
		add_filter( 'woocommerce_new_order_note_data', array( $this, 'sign' ), PHP_INT_MAX );
		add_filter( 'rest_request_after_callbacks', array( $this, 'leave' ), PHP_INT_MAX, 3 );
	}

	/**
	 * @param mixed $response
	 * @param mixed $handler
	 * @return mixed
	 */
	public function enter( $response, $handler, \WP_REST_Request $request ) {
		$this->requests[] = $request;
		return $response;
	}

	/**
	 * @param mixed      $permitted
	 * @param string     $context
	 * @param int|string $object
	 * @param string     $type
	 * @return mixed
	 */
	public function permit( $permitted, $context, $object, $type ) {
		$request = end( $this->requests );
		if ( $permitted || ! $request || ! $this->access->any() || ! $this->has_nonce() ) {
			return $permitted;
		}
		$route = OrderRoute::of( $request );
		$asks  = $route && $route->asks( (string) $context, (int) $object, (string) $type );
		if ( isset( $this->let_in[ $request ] ) ) {
			// A list asks about its rows, and newer versions what else could be done with them.
			return $asks && $this->opens( $route, (int) $object, $request );
		}
		if ( ! $asks || ! $this->opens( $route, (int) $object, $request ) ) {
			$this->refuse( (string) $type, (int) $object ? (int) $object : ( $route ? $route->order : 0 ) );
			return $permitted;
		}
		$this->let_in[ $request ] = $route;
		return 0 === $route->order || $this->access->enter( $route->order, $route->verb );
	}

	/**
	 * @param array<string,mixed> $query
	 * @return array<string,mixed>
	 */
	public function confine( array $query, \WP_REST_Request $request ): array {
		if ( isset( $this->let_in[ $request ] ) ) {
			$asked             = array_map( 'intval', (array) ( $query['post__in'] ?? array() ) );
			$left_out          = array_map( 'intval', (array) ( $query['post__not_in'] ?? array() ) );
			$open              = array_diff( $this->listed( $this->let_in[ $request ] ), $left_out );
			$open              = array_values( $asked ? array_intersect( $open, $asked ) : $open );
			$recorded          = $this->let_in[ $request ]->order || $this->access->list( count( $open ) );
			$query['post__in'] = $open && $recorded ? $open : array( 0 );
		}
		return $query;
	}

	/**
	 * An order's key opens it without a login, and for longer than any lease.
	 *
	 * @param mixed $order
	 */
	public function strip( \WP_REST_Response $response, $order, \WP_REST_Request $request ): \WP_REST_Response {
		if ( isset( $this->let_in[ $request ] ) ) {
			$open = $order instanceof \WC_Order && $this->access->opens( $order->get_id(), 'read' );
			$data = $open ? $response->get_data() : array();
			unset( $data['order_key'], $data['payment_url'] );
			$response->set_data( $data );
		}
		return $response;
	}

	/**
	 * A note is its author's, also where WooCommerce would call itself the author.
	 *
	 * @param array<string,mixed> $note
	 * @return array<string,mixed>
	 */
	public function sign( array $note ): array {
		$request = end( $this->requests );
		$user    = get_userdata( $this->access->user_id() );
		if ( $user && $request && isset( $this->let_in[ $request ] ) ) {
			return OrderNotes::signed( $note, $user );
		}
		return $note;
	}

	/**
	 * @param mixed $response
	 * @param mixed $handler
	 * @return mixed
	 */
	public function leave( $response, $handler, \WP_REST_Request $request ) {
		$at = array_search( $request, $this->requests, true );
		if ( false !== $at ) {
			$this->requests = array_slice( $this->requests, 0, (int) $at );
		}
		return $response;
	}

	private function opens( OrderRoute $route, int $object, \WP_REST_Request $request ): bool {
		if ( 'notes' === $route->verb && $request->get_param( 'customer_note' ) ) {
			// A note to the customer is a mail to the patient.
			return false;
		}
		if ( 'refunds' === $route->part && 0 !== $object && ! in_array( $object, $this->refunds( $route->order ), true ) ) {
			return false;
		}
		$order = 0 === $route->order ? $object : $route->order;
		return 0 === $order || $this->access->opens( $order, $route->verb );
	}

	private function refuse( string $type, int $object ): void {
		if ( 0 === strpos( $type, 'shop_order' ) ) {
			$this->access->refuse( trim( $type . ' ' . ( $object ? $object : '' ) ) );
		}
	}

	/** @return int[] What a list on this route may hold. */
	private function listed( OrderRoute $route ): array {
		return 'refunds' === $route->part ? $this->refunds( $route->order ) : $this->access->ids();
	}

	/** @return int[] */
	private function refunds( int $id ): array {
		$order = $this->access->order( $id );
		$ids   = array();
		foreach ( $order ? $order->get_refunds() : array() as $refund ) {
			$ids[] = (int) $refund->get_id();
		}
		return $ids;
	}

	/** A login cookie alone could be sent by another site's page; some plugins switch WordPress's own check off. */
	private function has_nonce(): bool {
		// phpcs:ignore WordPress.Security.ValidatedSanitizedInput, WordPress.Security.NonceVerification
		$nonce = $_REQUEST['_wpnonce'] ?? $_SERVER['HTTP_X_WP_NONCE'] ?? '';
		return is_string( $nonce ) && false !== wp_verify_nonce( $nonce, 'wp_rest' );
	}
}
