<?php
namespace EmergencyAccess;

/** What happens on the site when a grant is over: its sessions end, other grants live on. */
final class EndOfLease {
	/** @var LeaseTable */
	private $table;
	/** @var LiveLeases */
	private $live;
	/** @var Sessions */
	private $sessions;

	public function __construct( LeaseTable $table, LiveLeases $live, Sessions $sessions ) {
		$this->table    = $table;
		$this->live     = $live;
		$this->sessions = $sessions;
	}

	/** End everything whose time has come. One indexed read when there is nothing to do. */
	public function sweep( int $now ): void {
		$by_account = array();
		foreach ( $this->table->due( $now ) as $row ) {
			$by_account[ $row['account'] ][] = $row['grant_id'];
		}
		foreach ( $by_account as $account => $grants ) {
			$this->end( (string) $account, $grants, $now );
		}
	}

	/**
	 * Sessions first, then the mark: dying in between repeats the first step and forgets nothing.
	 *
	 * @param string[] $grants
	 */
	private function end( string $account, array $grants, int $now ): void {
		$others = array();
		foreach ( $this->live->of( $account, $now ) as $lease ) {
			$others[] = $lease->grant;
		}
		$others = array_diff( $others, $grants );
		if ( ! $others ) {
			$this->sessions->end_all( $account );
		} else {
			$this->sessions->end_these( $account, array_values( array_diff( $this->used( $grants ), $this->used( $others ) ) ) );
		}
		foreach ( $grants as $grant ) {
			$this->table->mark_ended( $grant, $now );
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
