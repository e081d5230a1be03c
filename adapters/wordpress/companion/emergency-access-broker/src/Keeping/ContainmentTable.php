<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Signed\Containment;

/**
 * The last order about each account, and whether it is frozen; `standing` is the version that said so.
 *
 * What is frozen stays so by the row alone, also where the key that ordered it is
 * no longer known: whoever could write the row could lock the account anyway.
 */
final class ContainmentTable {
	/** @var \wpdb */
	private $db;
	/** @var string */
	private $table;

	public function __construct( \wpdb $db ) {
		$this->db    = $db;
		$this->table = $db->prefix . 'emergency_access_orders';
	}

	/** @return array<int,array<string,string>> */
	public function frozen(): array {
		return $this->rows( 'frozen = %d', 1 );
	}

	/** @return array<string,string>|null */
	public function find( string $account ): ?array {
		return $this->rows( 'account = %s', $account )[0] ?? null;
	}

	/** False when an order of the same or a later version is there. */
	public function take( Containment $order ): bool {
		return $this->change( $order, 'version < %d', $order->version );
	}

	/** In place of an order nobody can prove any more. */
	public function replace( Containment $order, string $document ): bool {
		return $this->change( $order, 'document = %s', $document );
	}

	public function mark_done( Containment $order ): void {
		$this->write( "UPDATE {$this->table} SET done = 1 WHERE account = %s AND order_id = %s", array( $order->account, $order->id ) );
	}

	/** @param string|int $value */
	private function change( Containment $order, string $where, $value ): bool {
		$this->make_room( $order->account );
		$changes = array( 'version = %d', 'order_id = %s', 'document = %s', 'done = 0' );
		$values  = array( $order->version, $order->id, $order->jws );
		if ( $order->says( Containment::FREEZE ) || $order->says( Containment::RELEASE ) ) {
			array_push( $changes, 'standing = %d', 'frozen = %d', 'spare = %s' );
			array_push( $values, $order->version, (int) $order->says( Containment::FREEZE ), (string) json_encode( $order->spare ) );
		}
		$sql = "UPDATE {$this->table} SET " . implode( ', ', $changes ) . " WHERE account = %s AND $where";
		return $this->write( $sql, array_merge( $values, array( $order->account, $value ) ) ) > 0;
	}

	private function make_room( string $account ): void {
		if ( null === $this->find( $account ) ) {
			$empty = array( 'account' => $account, 'version' => -1, 'order_id' => '', 'document' => '', 'standing' => -1, 'frozen' => 0, 'spare' => '[]', 'done' => 0 );
			$quiet = $this->db->suppress_errors( true );
			$this->db->insert( $this->table, $empty );
			$this->db->suppress_errors( $quiet );
		}
	}

	/** @param array<int,string|int> $values */
	private function write( string $sql, array $values ): int {
		$changed = $this->db->query( $this->db->prepare( $sql, $values ) );
		if ( false === $changed ) {
			throw new StorageFailed( 'the table of orders cannot be written' );
		}
		return (int) $changed;
	}

	/**
	 * @param string|int $value
	 * @return array<int,array<string,string>>
	 */
	private function rows( string $where, $value ): array {
		$found = $this->db->get_results( $this->db->prepare( "SELECT * FROM {$this->table} WHERE $where", $value ), 'ARRAY_A' );
		if ( null === $found || '' !== $this->db->last_error ) {
			throw new StorageFailed( 'the table of orders cannot be read' );
		}
		return $found;
	}
}
