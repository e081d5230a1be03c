<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Signed\Lease;
use EmergencyAccess\Signed\Revocation;

/**
 * Rows as they stand in the site's own table; nothing here is believed without its signature.
 *
 * Every statement goes straight to the database: an object cache would show
 * yesterday's truth. Each write is one conditional statement, so that two calls
 * at once cannot undo one another.
 */
final class LeaseTable {
	/** @var \wpdb */
	private $db;
	/** @var string */
	private $leases;
	/** @var string */
	private $uses;

	public function __construct( \wpdb $db ) {
		$this->db     = $db;
		$this->leases = $db->prefix . 'emergency_access_leases';
		$this->uses   = $db->prefix . 'emergency_access_uses';
	}

	/** @return array<string,string>|null */
	public function find( string $grant ): ?array {
		return $this->rows( 'grant_id = %s', $grant )[0] ?? null;
	}

	/** @return array<int,array<string,string>> Neither revoked nor ended, as far as the columns say. */
	public function open_for( string $account ): array {
		return $this->rows( "account = %s AND ended_at = 0 AND revocation = ''", $account );
	}

	/** @return array<int,array<string,string>> */
	public function all_open(): array {
		return $this->rows( "ended_at = %d AND revocation = ''", 0 );
	}

	/** @return array<int,array<string,string>> Rows whose end has come and whose sessions were not ended yet. */
	public function due( int $now ): array {
		return $this->rows( 'ended_at = 0 AND expires_at <= %d', $now );
	}

	/** False when the grant has a row already. */
	public function add_lease( Lease $lease ): bool {
		return $this->add( $lease->grant, $lease->account, $lease->version, $lease->jws, '', $lease->expires_at, 0, $lease->expires_at );
	}

	/** False when the grant has a row already. A tombstone has nothing to end. */
	public function add_tombstone( Revocation $revocation, int $now ): bool {
		return $this->add( $revocation->grant, '', $revocation->version, '', $revocation->jws, $now, $now, $revocation->keep_until );
	}

	/** False when the stored version is not lower, or the grant is over. */
	public function raise_lease( Lease $lease ): bool {
		return 1 === $this->write(
			"UPDATE {$this->leases} SET lease = %s, version = %d, expires_at = %d, keep_until = %d
			WHERE grant_id = %s AND version < %d AND revocation = '' AND ended_at = 0",
			array( $lease->jws, $lease->version, $lease->expires_at, $lease->expires_at, $lease->grant, $lease->version )
		);
	}

	/** In place of exactly this text, which proves nothing any more; never of a grant that is over. */
	public function replace_lease( Lease $lease, string $unproven ): bool {
		return 1 === $this->write(
			"UPDATE {$this->leases} SET lease = %s, version = %d, expires_at = %d, keep_until = %d
			WHERE grant_id = %s AND lease = %s AND version <= %d AND revocation = '' AND ended_at = 0",
			array( $lease->jws, $lease->version, $lease->expires_at, $lease->expires_at, $lease->grant, $unproven, $lease->version )
		);
	}

	/** No open row is believed any more until its lease is applied again; it still ends at its time. */
	public function distrust_open(): void {
		$this->write( "UPDATE {$this->leases} SET lease = %s WHERE ended_at = 0 AND revocation = ''", array( '' ) );
	}

	/** The grant is over as soon as somebody sweeps. */
	public function make_due( string $grant, int $now ): void {
		$this->write( "UPDATE {$this->leases} SET expires_at = %d WHERE grant_id = %s AND ended_at = 0 AND expires_at > %d", array( $now, $grant, $now ) );
	}

	/** The first revocation stays; its sessions become due at once. */
	public function mark_revoked( Revocation $revocation, int $now ): void {
		$this->write(
			"UPDATE {$this->leases} SET revocation = %s, version = %d, expires_at = %d, keep_until = %d
			WHERE grant_id = %s AND revocation = ''",
			array( $revocation->jws, $revocation->version, $now, $revocation->keep_until, $revocation->grant )
		);
	}

	/** False when it was over before. */
	public function mark_ended( string $grant, int $now ): bool {
		return 1 === $this->write( "UPDATE {$this->leases} SET ended_at = %d WHERE grant_id = %s AND ended_at = 0", array( $now, $grant ) );
	}

	/** A session used the grant; saying it twice changes nothing. */
	public function note_use( string $grant, string $session ): void {
		if ( ! in_array( $session, $this->sessions( $grant ), true ) ) {
			$quiet = $this->db->suppress_errors( true );
			$this->db->insert( $this->uses, array( 'grant_id' => $grant, 'session' => $session ) );
			$this->db->suppress_errors( $quiet );
		}
	}

	/** @return string[] */
	public function sessions( string $grant ): array {
		return $this->db->get_col( $this->db->prepare( "SELECT session FROM {$this->uses} WHERE grant_id = %s", $grant ) );
	}

	/** Forget what can no longer matter: ended, and past the time a late lease could come. */
	public function prune( int $now ): void {
		$over = "ended_at > 0 AND keep_until < %d";
		$this->write( "DELETE FROM {$this->uses} WHERE grant_id IN (SELECT grant_id FROM {$this->leases} WHERE $over)", array( $now - Lease::LONGEST ) );
		$this->write( "DELETE FROM {$this->leases} WHERE $over", array( $now - Lease::LONGEST ) );
	}

	private function add( string $grant, string $account, int $version, string $lease, string $revocation, int $expires, int $ended, int $keep ): bool {
		$quiet = $this->db->suppress_errors( true );
		$added = $this->db->query(
			$this->db->prepare(
				"INSERT INTO {$this->leases} (grant_id, account, version, lease, revocation, expires_at, ended_at, keep_until)
				VALUES (%s, %s, %d, %s, %s, %d, %d, %d)",
				$grant, $account, $version, $lease, $revocation, $expires, $ended, $keep
			)
		);
		$this->db->suppress_errors( $quiet );
		if ( 1 !== $added && null === $this->find( $grant ) ) {
			throw new StorageFailed( 'the lease table cannot be written' );
		}
		return 1 === $added;
	}

	/** @param array<int,string|int> $values */
	private function write( string $sql, array $values ): int {
		$changed = $this->db->query( $this->db->prepare( $sql, $values ) );
		if ( false === $changed ) {
			throw new StorageFailed( 'the lease table cannot be written' );
		}
		return (int) $changed;
	}

	/**
	 * @param string|int $value
	 * @return array<int,array<string,string>>
	 */
	private function rows( string $where, $value ): array {
		$found = $this->db->get_results( $this->db->prepare( "SELECT * FROM {$this->leases} WHERE $where", $value ), 'ARRAY_A' );
		if ( null === $found || '' !== $this->db->last_error ) {
			throw new StorageFailed( 'the lease table cannot be read' );
		}
		return $found;
	}
}
