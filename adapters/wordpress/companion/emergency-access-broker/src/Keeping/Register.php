<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Calls\Verdict;
use EmergencyAccess\Events\Occurrence;
use EmergencyAccess\Signed\Lease;
use EmergencyAccess\Signed\Pairing;
use EmergencyAccess\Signed\Refusal;
use EmergencyAccess\Signed\Revocation;

/** Taking in what the broker sends. Repeating anything is safe; a revocation is final. */
final class Register {
	/** @var LeaseTable */
	private $table;
	/** @var Pairing */
	private $pairing;
	/** @var EndOfLease */
	private $end;
	/** @var LiveLeases */
	private $live;
	/** @var Halt */
	private $halt;

	public function __construct( LeaseTable $table, Pairing $pairing, EndOfLease $end, LiveLeases $live, Halt $halt ) {
		$this->table   = $table;
		$this->pairing = $pairing;
		$this->end     = $end;
		$this->live    = $live;
		$this->halt    = $halt;
	}

	/**
	 * @param callable(Lease):string $objection What this site has against the lease, '' for nothing.
	 * @return array{grant:?string,answer:string,reason:string}
	 */
	public function apply( string $jws, int $now, callable $objection ): array {
		$grant = null;
		try {
			$lease = Lease::verify( $jws, $this->pairing );
			$grant = $lease->grant;
			if ( $now >= $lease->expires_at ) {
				throw new Refusal( 'expired' );
			}
			$reason = $objection( $lease );
			if ( '' !== $reason ) {
				throw new Refusal( $reason );
			}
			$this->keep( $lease );
		} catch ( Refusal $refusal ) {
			return Verdict::refused( $grant, $refusal );
		}
		return Verdict::done( $lease->grant );
	}

	/**
	 * Every grant is dead before the first session is ended, so that one of them never keeps another's alive.
	 *
	 * @param string[] $documents
	 * @return array<int,array{grant:?string,answer:string,reason:string}> In the order of the documents.
	 */
	public function revoke( array $documents, int $now ): array {
		$answers = array();
		foreach ( $documents as $jws ) {
			$answers[] = $this->mark( $jws, $now );
		}
		// Also of grants that have no row: one may be put back.
		$this->halt->remember_ended( array_values( array_filter( array_column( $answers, 'grant' ) ) ), $now );
		$this->end->sweep( $now );
		return $answers;
	}

	/** @return array{grant:?string,answer:string,reason:string} */
	private function mark( string $jws, int $now ): array {
		try {
			$revocation = Revocation::verify( $jws, $this->pairing );
		} catch ( Refusal $refusal ) {
			return Verdict::refused( null, $refusal );
		}
		if ( ! $this->table->add_tombstone( $revocation, $now ) ) {
			$this->table->mark_revoked( $revocation, $now );
		}
		return Verdict::done( $revocation->grant );
	}

	/** @throws Refusal revoked, ended, account_changed, stale_version or version_conflict. */
	private function keep( Lease $lease ): void {
		if ( ! $this->is_news( $lease ) ) {
			$this->explain( $lease, $this->table->find( $lease->grant ) );
			return;
		}
		Occurrence::tell( 'lease_applied', $lease->grant, $lease->account, array( 'expires_at' => $lease->expires_at, 'version' => $lease->version ) );
	}

	/** Whether it was written down: nothing the site knew already, and nothing it must refuse. */
	private function is_news( Lease $lease ): bool {
		if ( $this->table->add_lease( $lease ) ) {
			return true;
		}
		$row = $this->table->find( $lease->grant );
		if ( $row && '' === $row['revocation'] && $row['account'] !== $lease->account ) {
			throw new Refusal( 'account_changed' );
		}
		// A row that proves nothing gives way: by a lost key, or by somebody's hand in the table.
		return $this->table->raise_lease( $lease )
			|| ( $row && ! $this->live->proves( $row ) && $this->table->replace_lease( $lease, $row['lease'] ) );
	}

	/** @param array<string,string>|null $row */
	private function explain( Lease $lease, ?array $row ): void {
		if ( ! $row || '' !== $row['revocation'] ) {
			throw new Refusal( 'revoked' );
		}
		if ( 0 !== (int) $row['ended_at'] ) {
			throw new Refusal( 'ended' );
		}
		if ( (int) $row['version'] > $lease->version ) {
			throw new Refusal( 'stale_version' );
		}
		if ( $row['lease'] !== $lease->jws ) {
			throw new Refusal( 'version_conflict' );
		}
	}
}
