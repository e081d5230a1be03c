<?php
namespace EmergencyAccess;

/** Which shop orders leases open to the person behind this request. */
final class OrderAccess {
	/** @var Elevation */
	private $elevation;
	/** @var PatientOrders */
	private $orders;

	public function __construct( Elevation $elevation, PatientOrders $orders ) {
		$this->elevation = $elevation;
		$this->orders    = $orders;
	}

	/** Whether this person holds orders of anybody at all. */
	public function any(): bool {
		return (bool) $this->leases();
	}

	/** $verb is 'read' or 'notes'. */
	public function opens( int $id, string $verb ): bool {
		$open = false;
		foreach ( $this->leases() as $lease ) {
			if ( $lease->scope->orders->allows( $verb ) && $this->orders->holds( $lease->scope->orders, $id ) ) {
				$this->elevation->note_use( $lease );
				$open = true;
			}
		}
		return $open;
	}

	/** Whether the order is open to this person only because of a lease: nobody's own orders are touched. */
	public function lends( \WC_Order $order ): bool {
		return (int) $order->get_customer_id() !== $this->elevation->user_id() && $this->opens( $order->get_id(), 'read' );
	}

	/** @return int[] Every order that is open to this person, newest first for each lease. */
	public function ids(): array {
		$ids = array();
		foreach ( $this->leases() as $lease ) {
			$this->elevation->note_use( $lease );
			foreach ( $this->orders->ids( $lease->scope->orders ) as $id ) {
				$ids[ $id ] = $id;
			}
		}
		return array_values( $ids );
	}

	public function order( int $id ): ?\WC_Order {
		return $this->orders->order( $id );
	}

	public function user_id(): int {
		return $this->elevation->user_id();
	}

	/** @return Lease[] */
	private function leases(): array {
		return array_filter(
			$this->elevation->leases( $this->elevation->user_id() ),
			static function ( Lease $lease ): bool {
				return null !== $lease->scope->orders;
			}
		);
	}
}
