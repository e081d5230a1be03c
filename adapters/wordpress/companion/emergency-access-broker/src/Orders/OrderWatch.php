<?php
namespace EmergencyAccess\Orders;

/**
 * Sees what a holder does with the patient's orders who manages the shop anyway.
 *
 * Such a person leans on no lease, but holds one, and what they do with it is recorded.
 */
final class OrderWatch {
	/** @var OrderAccess */
	private $access;

	public function __construct( OrderAccess $access ) {
		$this->access = $access;
	}

	public function hook(): void {
		add_filter( 'woocommerce_rest_prepare_shop_order_object', array( $this, 'told' ), PHP_INT_MAX, 3 );
		add_action( 'woocommerce_admin_order_data_after_order_details', array( $this, 'shown' ) );
		add_action( 'woocommerce_order_note_added', array( $this, 'noted' ), 10, 2 );
		add_action( 'woocommerce_after_order_object_save', array( $this, 'changed' ) );
	}

	/**
	 * @param mixed $response
	 * @param mixed $order
	 * @return mixed
	 */
	public function told( $response, $order, \WP_REST_Request $request ) {
		if ( 1 === preg_match( '~/orders/[0-9]+\z~', $request->get_route() ) ) {
			$this->shown( $order );
		}
		return $response;
	}

	/** @param mixed $order */
	public function shown( $order ): void {
		$this->notice( 'opened', $order );
	}

	/**
	 * @param mixed $note
	 * @param mixed $order
	 */
	public function noted( $note, $order ): void {
		$this->notice( 'noted', $order );
	}

	/** @param mixed $order */
	public function changed( $order ): void {
		$this->notice( 'changed', $order );
	}

	/** @param mixed $order */
	private function notice( string $kind, $order ): void {
		if ( $order instanceof \WC_Order && $this->access->any() ) {
			$this->access->notice( $kind, $order->get_id() );
		}
	}
}
