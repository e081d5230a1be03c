<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Signed\Lease;

/**
 * A lease for one login session only belongs to the first that uses it.
 *
 * Whoever edits the row moves it between sessions of the same holder, and to nobody else.
 */
final class SessionBinding {
	/** @var StateTable */
	private $state;

	public function __construct( StateTable $state ) {
		$this->state = $state;
	}

	/** Whether no other session was first. */
	public function is_open_to( Lease $lease, string $session ): bool {
		$row = $lease->scope->first_session ? $this->state->row( self::name( $lease ) ) : null;
		return ! $row || '' === $row['text'] || $row['text'] === $session;
	}

	/** Whether the lease is this session's from now on. Of two at once one is first. */
	public function take( Lease $lease, string $session ): bool {
		if ( ! $lease->scope->first_session ) {
			return true;
		}
		if ( ! $this->is_open_to( $lease, $session ) ) {
			return false;
		}
		$this->state->raise( self::name( $lease ), $lease->expires_at, $session );
		return ( $this->state->row( self::name( $lease ) )['text'] ?? '' ) === $session;
	}

	/** Of leases that are over for good. */
	public function prune( int $now ): void {
		$this->state->prune( 'session-', $now - Lease::LONGEST );
	}

	private static function name( Lease $lease ): string {
		return 'session-' . substr( hash( 'sha256', $lease->grant ), 0, 48 );
	}
}
