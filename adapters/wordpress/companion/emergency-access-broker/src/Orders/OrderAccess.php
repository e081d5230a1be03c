<?php
namespace EmergencyAccess\Orders;

use EmergencyAccess\Events\Occurrence;
use EmergencyAccess\Events\RequestName;
use EmergencyAccess\Lending\Elevation;
use EmergencyAccess\Signed\Lease;

/** Which shop orders leases open to the person behind this request. */
final class OrderAccess {
	/** @var Elevation */
	private $elevation;
	/** @var PatientOrders */
	private $orders;
	/** @var RequestName */
	private $name;

	public function __construct( Elevation $elevation, PatientOrders $orders, RequestName $name ) {
		$this->elevation = $elevation;
		$this->orders    = $orders;
		$this->name      = $name;
	}

	/** Whether this person holds orders of anybody at all. */
	public function any(): bool {
		return (bool) $this->leases();
	}

	/** $verb is 'read' or 'notes'. */
	public function opens( int $id, string $verb ): bool {
		return (bool) $this->openers( $id, $verb );
	}

	/** As opens(), and written down: `opened` or `noted`, or `denied`. What cannot be written down is not opened. */
	public function enter( int $id, string $verb ): bool {
		$openers = $this->openers( $id, $verb );
		foreach ( $openers as $lease ) {
			$this->tell( 'notes' === $verb ? 'noted' : 'opened', $lease, "shop_order $id" );
		}
		$openers || $this->refuse( "shop_order $id" );
		return $openers && $this->any();
	}

	/** Writes down what is done with that patient's order by a right the holder has anyway. */
	public function notice( string $kind, int $id ): void {
		foreach ( $this->openers( $id, 'read' ) as $lease ) {
			$this->tell( $kind, $lease, "shop_order $id" );
		}
	}

	/** Writes down that a list of this many orders is shown; false when it could not be written down. */
	public function list( int $count ): bool {
		foreach ( $this->leases() as $lease ) {
			$this->tell( 'listed', $lease, 'shop_order', array( 'count' => $count ) );
		}
		return $this->any();
	}

	/** $object is what was asked for in vain, such as "shop_order 12". */
	public function refuse( string $object ): void {
		foreach ( array_slice( $this->leases(), 0, 1 ) as $lease ) {
			$this->tell( 'denied', $lease, $object );
		}
	}

	/** Whether the order is open to this person only because of a lease: nobody's own orders are touched. */
	public function lends( \WC_Order $order ): bool {
		return (int) $order->get_customer_id() !== $this->elevation->user_id() && $this->opens( $order->get_id(), 'read' );
	}

	/** @return int[] Every order that is open to this person, newest first for each lease. */
	public function ids(): array {
		$ids = array();
		foreach ( $this->leases() as $lease ) {
			foreach ( $this->elevation->uses( $lease ) ? $this->orders->ids( $lease->scope->orders ) : array() as $id ) {
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

	/** @return Lease[] The leases that open this order for this. */
	private function openers( int $id, string $verb ): array {
		$openers = array();
		foreach ( $this->leases() as $lease ) {
			if ( $lease->scope->orders->allows( $verb ) && $this->orders->holds( $lease->scope->orders, $id ) && $this->elevation->uses( $lease ) ) {
				$openers[] = $lease;
			}
		}
		return $openers;
	}

	/** @param array<string,int> $facts */
	private function tell( string $kind, Lease $lease, string $object, array $facts = array() ): void {
		Occurrence::tell( $kind, $lease->grant, $lease->account, $facts + array( 'object' => $object, 'route' => $this->name->template() ) );
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
