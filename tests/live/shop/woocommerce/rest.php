<?php
/** The REST routes of orders. Whatever changes an order is refused by everybody's lack of rights, so it does nothing here. */

final class WC_Stub_Routes {
	/** @var string */
	private $space;

	public function __construct( string $space ) {
		$this->space = $space;
	}

	public function register(): void {
		$one  = '(?P<id>[\d]+)';
		$of   = '(?P<order_id>[\d]+)';
		$type = 'shop_order';
		$this->route( 'orders', array( 'GET' => array( 'list', $type, 'read' ), 'POST' => array( 'nothing', $type, 'create' ) ) );
		$this->route( "orders/$one", $this->verbs( 'order', $type ) );
		$this->route( 'orders/batch', array( 'POST,PUT,PATCH' => array( 'nothing', $type, 'batch' ) ) );
		$this->route( "orders/$of/notes", array( 'GET' => array( 'notes', $type, 'read' ), 'POST' => array( 'add_note', $type, 'create' ) ) );
		$this->route( "orders/$of/notes/$one", array( 'GET' => array( 'note', $type, 'read', 'order_id' ), 'DELETE' => array( 'nothing', $type, 'delete', 'order_id' ) ) );
		$type = 'shop_order_refund';
		$this->route( "orders/$of/refunds", array( 'GET' => array( 'list', $type, 'read' ), 'POST' => array( 'nothing', $type, 'create' ) ) );
		$this->route( "orders/$of/refunds/$one", array_diff_key( $this->verbs( 'refund', $type ), array( 'POST,PUT,PATCH' => 1 ) ) );
	}

	private function verbs( string $callback, string $type ): array {
		return array(
			'GET'            => array( $callback, $type, 'read', 'id' ),
			'POST,PUT,PATCH' => array( 'nothing', $type, 'edit', 'id' ),
			'DELETE'         => array( 'nothing', $type, 'delete', 'id' ),
		);
	}

	/** @param array<string,string[]> $verbs Callback, type, context, and the parameter that names the object. */
	private function route( string $route, array $verbs ): void {
		$handlers = array( 'args' => array_fill_keys( array( 'id', 'order_id' ), array( 'type' => 'integer' ) ) );
		foreach ( $verbs as $methods => $verb ) {
			$handlers[] = array(
				'methods'             => $methods,
				'callback'            => static function ( WP_REST_Request $request ) use ( $verb ) {
					return WC_Stub_Answers::{$verb[0]}( $request, $verb[1] );
				},
				'permission_callback' => static function ( WP_REST_Request $request ) use ( $verb ) {
					return WC_Stub_Answers::may( $request, $verb[1], $verb[2], $verb[3] ?? '' );
				},
			);
		}
		register_rest_route( $this->space, $route, $handlers );
	}
}

final class WC_Stub_Answers {
	/** WooCommerce asks about the object it finds under the parameter, and about none where there is none. */
	public static function may( WP_REST_Request $request, string $type, string $context, string $named ): bool {
		$object = '' === $named ? false : wc_get_order( (int) $request[ $named ] );
		$fits   = $object && ( 'order_id' === $named || $type === $object->get_type() );
		return wc_rest_check_post_permissions( $type, $context, $fits ? $object->get_id() : 0 );
	}

	public static function list( WP_REST_Request $request, string $type ): WP_REST_Response {
		$query = array(
			'post_type'      => $type,
			'post_status'    => array_keys( wc_get_order_statuses() ),
			'paged'          => (int) ( $request['page'] ?? 1 ),
			'posts_per_page' => (int) ( $request['per_page'] ?? 10 ),
			'post__in'       => wp_parse_id_list( $request['include'] ?? array() ),
			'post__not_in'   => wp_parse_id_list( $request['exclude'] ?? array() ),
			's'              => (string) ( $request['search'] ?? '' ),
			'orderby'        => 'date ID',
			'fields'         => 'ids',
		);
		if ( isset( $request['customer'] ) ) {
			$query['meta_query'] = array( array( 'key' => '_customer_user', 'value' => $request['customer'], 'type' => 'NUMERIC' ) );
		}
		if ( isset( $request['parent'] ) ) {
			$query['post_parent__in'] = wp_parse_id_list( $request['parent'] );
		}
		$query = apply_filters( 'woocommerce_rest_orders_prepare_object_query', $query, $request );
		if ( 'shop_order_refund' === $type ) {
			$query['post_parent__in'] = array( (int) $request['order_id'] );
		}
		$found = new WP_Query( $query );
		$rows  = array();
		foreach ( $found->posts as $id ) {
			if ( wc_rest_check_post_permissions( $type, 'read', $id ) ) {
				$rows[] = self::{'shop_order' === $type ? 'order' : 'refund'}( $request, $type, $id )->get_data();
			}
		}
		$response = new WP_REST_Response( $rows );
		$response->header( 'X-WP-Total', $found->found_posts );
		$response->header( 'X-WP-TotalPages', $found->max_num_pages );
		return $response;
	}

	public static function order( WP_REST_Request $request, string $type, int $id = 0 ): WP_REST_Response {
		$order = wc_get_order( $id ? $id : (int) $request['id'] );
		$items = array();
		foreach ( $order->get_items() as $item ) {
			$items[] = array( 'name' => $item->get_name() );
		}
		$data = array(
			'id'          => $order->get_id(),
			'number'      => $order->get_order_number(),
			'status'      => $order->get_status(),
			'total'       => $order->get_total(),
			'order_key'   => $order->get_order_key( 'edit' ),
			'payment_url' => home_url( '/?key=' . $order->get_order_key( 'edit' ) ),
			'billing'     => array( 'first_name' => $order->get_billing_first_name() ),
			'line_items'  => $items,
		);
		return apply_filters( 'woocommerce_rest_prepare_shop_order_object', new WP_REST_Response( $data ), $order, $request );
	}

	/** @return WP_REST_Response|WP_Error */
	public static function refund( WP_REST_Request $request, string $type, int $id = 0 ) {
		$refund = wc_get_order( $id ? $id : (int) $request['id'] );
		if ( ! $refund || $refund->get_parent_id() !== (int) $request['order_id'] ) {
			return new WP_Error( 'invalid_id', 'Invalid order refund ID.', array( 'status' => 404 ) );
		}
		return new WP_REST_Response( array( 'id' => $refund->get_id(), 'amount' => $refund->get_amount(), 'reason' => $refund->get_reason() ) );
	}

	public static function notes( WP_REST_Request $request ): WP_REST_Response {
		return new WP_REST_Response( array_map( array( self::class, 'told' ), wc_get_order_notes( array( 'order_id' => (int) $request['order_id'] ) ) ) );
	}

	/** @return WP_REST_Response|WP_Error */
	public static function note( WP_REST_Request $request ) {
		foreach ( wc_get_order_notes( array( 'order_id' => (int) $request['order_id'] ) ) as $note ) {
			if ( (int) $request['id'] === $note->id ) {
				return new WP_REST_Response( self::told( $note ) );
			}
		}
		return new WP_Error( 'invalid_id', 'Invalid resource ID.', array( 'status' => 404 ) );
	}

	public static function add_note( WP_REST_Request $request ): WP_REST_Response {
		$order = wc_get_order( (int) $request['order_id'] );
		$id    = $order->add_order_note( (string) $request['note'], (bool) $request['customer_note'] );
		foreach ( wc_get_order_notes( array( 'order_id' => $order->get_id() ) ) as $note ) {
			if ( $id === $note->id ) {
				return new WP_REST_Response( self::told( $note ), 201 );
			}
		}
	}

	public static function nothing(): WP_Error {
		return new WP_Error( 'stub', 'The stub changes no orders.', array( 'status' => 501 ) );
	}

	private static function told( object $note ): array {
		return array( 'id' => $note->id, 'author' => $note->added_by, 'note' => $note->content, 'customer_note' => $note->customer_note );
	}
}

add_action(
	'rest_api_init',
	static function () {
		foreach ( array( 'wc/v1', 'wc/v2', 'wc/v3', 'wc-analytics' ) as $space ) {
			( new WC_Stub_Routes( $space ) )->register();
		}
	}
);
