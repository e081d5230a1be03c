<?php
namespace EmergencyAccess\Keeping;

/** The few things a site remembers by name: a number that orders them, and the signed text if there is one. */
final class StateTable {
	/** @var \wpdb */
	private $db;
	/** @var string */
	private $table;

	public function __construct( \wpdb $db ) {
		$this->db    = $db;
		$this->table = $db->prefix . 'emergency_access_state';
	}

	public function number( string $name ): int {
		return (int) ( $this->row( $name )['number'] ?? 0 );
	}

	/** @return array{number:string,text:string}|null */
	public function row( string $name ): ?array {
		$found = $this->db->get_results( $this->db->prepare( "SELECT number, text FROM {$this->table} WHERE name = %s", $name ), 'ARRAY_A' );
		if ( null === $found || '' !== $this->db->last_error ) {
			throw new StorageFailed( 'the table of states cannot be read' );
		}
		return $found[0] ?? null;
	}

	/** False when the stored number is not lower. */
	public function raise( string $name, int $number, string $text = '' ): bool {
		return $this->write( "number = %d, text = %s WHERE name = %s AND number < %d", array( $number, $text, $name, $number ), $name ) > 0;
	}

	public function set( string $name, int $number, string $text = '' ): void {
		$this->write( 'number = %d, text = %s WHERE name = %s', array( $number, $text, $name ), $name );
	}

	/** Forget what is named like this and ordered before $number. */
	public function prune( string $beginning, int $number ): void {
		$this->db->query( $this->db->prepare( "DELETE FROM {$this->table} WHERE SUBSTR(name, 1, %d) = %s AND number < %d", strlen( $beginning ), $beginning, $number ) );
	}

	/** @param array<int,string|int> $values */
	private function write( string $change, array $values, string $name ): int {
		if ( null === $this->row( $name ) ) {
			$quiet = $this->db->suppress_errors( true );
			$this->db->insert( $this->table, array( 'name' => $name, 'number' => -1, 'text' => '' ) );
			$this->db->suppress_errors( $quiet );
		}
		$changed = $this->db->query( $this->db->prepare( "UPDATE {$this->table} SET $change", $values ) );
		if ( false === $changed ) {
			throw new StorageFailed( 'the table of states cannot be written' );
		}
		return (int) $changed;
	}
}
