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
		foreach ( $this->table->due( $now ) as $row ) {
			$this->end( $row['grant_id'], $row['account'], $now );
		}
	}

	/** Sessions first, then the mark: dying in between repeats the first step and forgets nothing. */
	public function end( string $grant, string $account, int $now ): void {
		$others = $this->others( $grant, $account, $now );
		if ( ! $others ) {
			$this->sessions->end_all( $account );
		} else {
			$this->sessions->end_these( $account, $this->used_only_by( $grant, $others ) );
		}
		$this->table->mark_ended( $grant, $now );
	}

	/** @return Lease[] */
	private function others( string $grant, string $account, int $now ): array {
		return array_filter(
			$this->live->of( $account, $now ),
			static function ( Lease $lease ) use ( $grant ): bool {
				return $lease->grant !== $grant;
			}
		);
	}

	/**
	 * @param Lease[] $others
	 * @return string[]
	 */
	private function used_only_by( string $grant, array $others ): array {
		$sessions = $this->table->sessions( $grant );
		foreach ( $others as $other ) {
			$sessions = array_diff( $sessions, $this->table->sessions( $other->grant ) );
		}
		return array_values( $sessions );
	}
}
