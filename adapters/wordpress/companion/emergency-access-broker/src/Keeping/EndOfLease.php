<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Events\Occurrence;
use EmergencyAccess\Signed\Lease;

/** What happens on the site when a grant is over: its sessions end, other grants live on. */
final class EndOfLease {
	/** @var LeaseTable */
	private $table;
	/** @var LiveLeases */
	private $live;
	/** @var Halt */
	private $halt;
	/** @var Sessions */
	private $sessions;

	public function __construct( LeaseTable $table, LiveLeases $live, Halt $halt, Sessions $sessions ) {
		$this->table    = $table;
		$this->live     = $live;
		$this->halt     = $halt;
		$this->sessions = $sessions;
	}

	/** End everything whose time has come. One indexed read when there is nothing to do. */
	public function sweep( int $now ): void {
		$by_account = array();
		$due        = $this->table->due( $now );
		$this->halt->remember_ended( $this->before_their_time( $due, $now ), $now );
		foreach ( $due as $row ) {
			$by_account[ $row['account'] ][] = $row;
		}
		foreach ( $by_account as $account => $rows ) {
			$this->end( (string) $account, $rows, $now );
		}
	}

	/**
	 * Those that an order about an account ended; what was revoked is remembered already.
	 *
	 * @param array<int,array<string,string>> $rows
	 * @return string[]
	 */
	private function before_their_time( array $rows, int $now ): array {
		$grants = array();
		foreach ( $rows as $row ) {
			$lease = '' === $row['revocation'] ? $this->live->signed( $row ) : null;
			if ( $lease && $lease->expires_at > $now ) {
				$grants[] = $lease->grant;
			}
		}
		return $grants;
	}

	/**
	 * Sessions first, then the mark: dying in between repeats the first step and forgets nothing.
	 *
	 * @param array<int,array<string,string>> $rows
	 */
	private function end( string $account, array $rows, int $now ): void {
		$ended  = array_column( $rows, 'grant_id' );
		$others = array_filter(
			$this->live->of( $account, $now ),
			static function ( Lease $lease ) use ( $ended ): bool {
				return ! in_array( $lease->grant, $ended, true );
			}
		);
		if ( ! $others ) {
			$this->sessions->end_all( $account );
		} else {
			$this->hand_over( $rows, $others );
			$lean_on_others = $this->used( array_column( $others, 'grant' ) );
			$this->sessions->end_these( $account, array_values( array_diff( $this->used( $ended ), $lean_on_others ) ) );
		}
		foreach ( $rows as $row ) {
			if ( $this->table->mark_ended( $row['grant_id'], $now ) ) {
				Occurrence::tell( 'lease_ended', $row['grant_id'], $account, array( 'by' => $this->cause( $row, $now ) ) );
			}
		}
	}

	/** @param array<string,string> $row */
	private function cause( array $row, int $now ): string {
		if ( '' !== $row['revocation'] ) {
			return 'revocation';
		}
		$lease = $this->live->signed( $row );
		return $lease && $lease->expires_at > $now ? 'containment' : 'time';
	}

	/**
	 * Where another lease opens all that an ended one opened (it was extended), its sessions
	 * lean on that one from now on: work that may go on is not cut off.
	 *
	 * @param array<int,array<string,string>> $rows
	 * @param Lease[]                         $others
	 */
	private function hand_over( array $rows, array $others ): void {
		foreach ( $rows as $row ) {
			// Most have none, and a batch of hundreds must not ask once for every pair.
			$sessions = $this->table->sessions( $row['grant_id'] );
			$lease    = $sessions ? $this->live->signed( $row ) : null;
			foreach ( $lease ? $others : array() as $other ) {
				if ( $other->scope->covers( $lease->scope ) ) {
					foreach ( $sessions as $session ) {
						$this->table->note_use( $other->grant, $session );
					}
				}
			}
		}
	}

	/**
	 * @param string[] $grants
	 * @return string[] The sessions that leaned on any of them.
	 */
	private function used( array $grants ): array {
		return array_unique( array_merge( array(), ...array_map( array( $this->table, 'sessions' ), array_values( $grants ) ) ) );
	}
}
