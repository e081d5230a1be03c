<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Keeping\StorageFailed;
use EmergencyAccess\Signed\Call;
use EmergencyAccess\Signed\Refusal;

/** A signed call counts once, and so does a proof that comes with a token. */
final class SeenCalls {
	/** @var \wpdb */
	private $db;
	/** @var string */
	private $table;

	public function __construct( \wpdb $db ) {
		$this->db    = $db;
		$this->table = $db->prefix . 'emergency_access_calls';
	}

	/**
	 * @throws Refusal replayed.
	 * @throws StorageFailed When it cannot be remembered.
	 */
	public function take( Call $call, int $now ): void {
		if ( ! $this->first_time( $call->nonce, $call->keep_until, $now ) ) {
			throw new Refusal( 'replayed' );
		}
	}

	/**
	 * Whether $nonce was not seen before; of several at once exactly one hears true.
	 *
	 * @throws StorageFailed When it cannot be remembered.
	 */
	public function first_time( string $nonce, int $keep_until, int $now ): bool {
		$this->db->query( $this->db->prepare( "DELETE FROM {$this->table} WHERE keep_until < %d", $now ) );
		$quiet = $this->db->suppress_errors( true );
		$added = $this->db->insert( $this->table, array( 'nonce' => $nonce, 'keep_until' => $keep_until ) );
		$this->db->suppress_errors( $quiet );
		if ( 1 === $added ) {
			return true;
		}
		$seen = $this->db->get_var( $this->db->prepare( "SELECT COUNT(*) FROM {$this->table} WHERE nonce = %s", $nonce ) );
		if ( '1' !== (string) $seen ) {
			throw new StorageFailed( 'the table of calls cannot be written' );
		}
		return false;
	}
}
