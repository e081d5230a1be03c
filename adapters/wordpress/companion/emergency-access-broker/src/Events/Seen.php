<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Keeping\StorageFailed;

/** How things stood when the companion last looked, so that what was changed past WordPress is noticed. */
final class Seen {
	/** @var \wpdb */
	private $db;
	/** @var string */
	private $table;

	public function __construct( \wpdb $db ) {
		$this->db    = $db;
		$this->table = $db->prefix . 'emergency_access_seen';
	}

	/** @return array<string,string> Name => value of everything whose name begins with $group. */
	public function all( string $group ): array {
		$sql  = "SELECT name, value FROM {$this->table} WHERE name >= %s AND name < %s";
		$rows = $this->db->get_results( $this->db->prepare( $sql, $group . ':', $group . ';' ), 'ARRAY_A' );
		if ( null === $rows || '' !== $this->db->last_error ) {
			throw new StorageFailed( 'what was seen cannot be read' );
		}
		return array_column( $rows, 'value', 'name' );
	}

	public function one( string $name ): ?string {
		$found = $this->db->get_var( $this->db->prepare( "SELECT value FROM {$this->table} WHERE name = %s", $name ) );
		return null === $found ? null : (string) $found;
	}

	/** Null forgets it. */
	public function put( string $name, ?string $value ): void {
		$this->db->query( $this->db->prepare( "DELETE FROM {$this->table} WHERE name = %s", $name ) );
		if ( null !== $value ) {
			$quiet = $this->db->suppress_errors( true );
			$this->db->insert( $this->table, array( 'name' => $name, 'value' => $value ) );
			$this->db->suppress_errors( $quiet );
		}
	}

	/** True for the one request that may look now; the others shortly after it may not. */
	public function may_look( int $now, int $pause ): bool {
		$last = $this->one( 'looked' );
		if ( null === $last ) {
			$quiet = $this->db->suppress_errors( true );
			$added = $this->db->insert( $this->table, array( 'name' => 'looked', 'value' => (string) $now ) );
			$this->db->suppress_errors( $quiet );
			return 1 === $added;
		}
		// A time ahead of the clock is no reason never to look again.
		if ( (int) $last <= $now && (int) $last > $now - $pause ) {
			return false;
		}
		$sql = "UPDATE {$this->table} SET value = %s WHERE name = 'looked' AND value = %s";
		return 1 === $this->db->query( $this->db->prepare( $sql, (string) $now, $last ) );
	}
}
