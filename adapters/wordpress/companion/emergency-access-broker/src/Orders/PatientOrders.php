<?php
namespace EmergencyAccess\Orders;

use EmergencyAccess\Signed\OrderScope;

/**
 * Which shop orders are one patient's: those of the one account that is that patient.
 *
 * Asked of WooCommerce by customer, so it holds for both ways WooCommerce stores orders.
 */
final class PatientOrders {
	/** @var \wpdb */
	private $db;
	/** @var array<string,int> */
	private $customers = array();

	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	public function holds( OrderScope $scope, int $id ): bool {
		$order    = $this->order( $id );
		$customer = $order ? $this->customer( $scope ) : 0;
		return 0 !== $customer && (int) $order->get_customer_id() === $customer;
	}

	/** @return int[] Newest first. */
	public function ids( OrderScope $scope ): array {
		$customer = function_exists( 'wc_get_orders' ) ? $this->customer( $scope ) : 0;
		if ( 0 === $customer ) {
			return array();
		}
		$found = wc_get_orders(
			array(
				'customer_id' => $customer,
				'type'        => 'shop_order',
				'status'      => array_keys( wc_get_order_statuses() ),
				'limit'       => -1,
				'orderby'     => 'date',
				'order'       => 'DESC',
				'return'      => 'ids',
			)
		);
		return array_map( 'intval', $found );
	}

	/** An order that was placed; not a refund, a draft or something in the bin. */
	public function order( int $id ): ?\WC_Order {
		$order  = $id > 0 && function_exists( 'wc_get_order' ) ? wc_get_order( $id ) : null;
		$placed = $order instanceof \WC_Order && 'shop_order' === $order->get_type()
			&& array_key_exists( 'wc-' . $order->get_status(), wc_get_order_statuses() );
		return $placed ? $order : null;
	}

	/** The account that is this patient; 0 when there is none, or more than one could be meant. */
	private function customer( OrderScope $scope ): int {
		$name = $scope->match . ' ' . $scope->key . ' ' . $scope->patient;
		if ( ! isset( $this->customers[ $name ] ) ) {
			$this->customers[ $name ] = OrderScope::BY_ID === $scope->match ? $this->by_id( (int) $scope->patient ) : $this->by_meta( $scope );
		}
		return $this->customers[ $name ];
	}

	private function by_id( int $id ): int {
		return get_userdata( $id ) ? $id : 0;
	}

	/** Read from the table, past any cache; the comparison by the database is loose, the one here is exact. */
	private function by_meta( OrderScope $scope ): int {
		$sql  = "SELECT user_id, meta_value FROM {$this->db->usermeta} WHERE meta_key = %s AND user_id IN
			( SELECT user_id FROM {$this->db->usermeta} WHERE meta_key = %s AND meta_value = %s )";
		$rows = $this->db->get_results( $this->db->prepare( $sql, $scope->key, $scope->key, $scope->patient ), 'ARRAY_A' );
		$held = array();
		foreach ( (array) $rows as $row ) {
			$held[ (int) $row['user_id'] ][] = $row['meta_value'];
		}
		$meant = array_filter(
			$held,
			static function ( array $values ) use ( $scope ): bool {
				return in_array( $scope->patient, $values, true );
			}
		);
		return 1 === count( $meant ) && array( $scope->patient ) === reset( $meant ) ? (int) key( $meant ) : 0;
	}
}
