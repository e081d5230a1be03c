<?php
namespace EmergencyAccess\Orders;

/**
 * One of the few REST routes through which a lease opens orders, read from its address.
 *
 * WordPress lets a parameter of the query or the body replace one of the address:
 * /orders/13/notes?order_id=15 answers for 15. A request that says two things is no such route.
 */
final class OrderRoute {
	const PATTERN = '~\A/wc/v3/orders(?:/(?<order>[0-9]{1,18})(?:/(?<part>notes|refunds)(?:/(?<item>[0-9]{1,18}))?)?)?\z~';

	/** @var int 0 on the list of orders. */
	public $order = 0;
	/** @var string '', 'notes' or 'refunds'. */
	public $part = '';
	/** @var int One note or refund; 0 on the list of them. */
	public $item = 0;
	/** @var string 'read', or 'notes' where a note is added. */
	public $verb = 'read';

	public static function of( \WP_REST_Request $request ): ?self {
		if ( ! preg_match( self::PATTERN, $request->get_route(), $found ) ) {
			return null;
		}
		$route        = new self();
		$route->order = (int) ( $found['order'] ?? 0 );
		$route->part  = $found['part'] ?? '';
		$route->item  = (int) ( $found['item'] ?? 0 );
		if ( 'POST' === $request->get_method() && 'notes' === $route->part && 0 === $route->item ) {
			$route->verb = 'notes';
		} elseif ( ! in_array( $request->get_method(), array( 'GET', 'HEAD' ), true ) ) {
			return null;
		}
		return $route->is_meant_by( $request ) ? $route : null;
	}

	/** Whether it is a question WooCommerce asks here; on a list it asks about 0 first, then about each row. */
	public function asks( string $context, int $object, string $type ): bool {
		$wanted = 'refunds' === $this->part ? 'shop_order_refund' : 'shop_order';
		if ( ( 'notes' === $this->verb ? 'create' : 'read' ) !== $context || $wanted !== $type ) {
			return false;
		}
		if ( 'notes' === $this->part ) {
			return $object === ( $this->item ? $this->order : 0 );
		}
		$one = 'refunds' === $this->part ? $this->item : $this->order;
		return 0 === $one || $object === $one;
	}

	/** Whether the parameters WooCommerce will read are those of the address. */
	private function is_meant_by( \WP_REST_Request $request ): bool {
		$expected = '' === $this->part ? array( 'id' => $this->order ) : array( 'order_id' => $this->order, 'id' => $this->item );
		foreach ( array_filter( $expected ) as $name => $number ) {
			$said = $request->get_param( $name );
			if ( ! is_scalar( $said ) || ! preg_match( '/\A[0-9]{1,18}\z/', (string) $said ) || (int) $said !== $number ) {
				return false;
			}
		}
		return true;
	}
}
