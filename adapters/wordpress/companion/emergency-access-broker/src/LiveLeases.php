<?php
namespace EmergencyAccess;

/** The leases that hold at this moment, each proven again from its signature. */
final class LiveLeases {
	/** @var LeaseTable */
	private $table;
	/** @var Pairing */
	private $pairing;

	public function __construct( LeaseTable $table, Pairing $pairing ) {
		$this->table   = $table;
		$this->pairing = $pairing;
	}

	/** @return Lease[] Those of one login; a row moved to another account proves nothing there. */
	public function of( string $account, int $now ): array {
		$own = static function ( Lease $lease ) use ( $account ): bool {
			return $lease->account === $account;
		};
		return array_values( array_filter( $this->proven( $this->table->open_for( $account ), $now ), $own ) );
	}

	/** @return Lease[] */
	public function all( int $now ): array {
		return $this->proven( $this->table->all_open(), $now );
	}

	/** How many open rows somebody has tampered with. */
	public function unproven(): int {
		$rows = $this->table->all_open();
		return count( $rows ) - count( array_filter( array_map( array( $this, 'prove' ), $rows ) ) );
	}

	/**
	 * @param array<int,array<string,string>> $rows
	 * @return Lease[]
	 */
	private function proven( array $rows, int $now ): array {
		$live = static function ( ?Lease $lease ) use ( $now ): bool {
			return null !== $lease && $lease->is_live( $now );
		};
		return array_values( array_filter( array_map( array( $this, 'prove' ), $rows ), $live ) );
	}

	/**
	 * The lease a row holds, whether or not it still counts; null when it is not that row's.
	 *
	 * @param array<string,string> $row
	 */
	public function signed( array $row ): ?Lease {
		try {
			$lease = Lease::verify( $row['lease'], $this->pairing );
		} catch ( Refusal $refusal ) {
			return null;
		}
		return $lease->grant === $row['grant_id'] && $lease->account === $row['account'] ? $lease : null;
	}

	/** @param array<string,string> $row */
	private function prove( array $row ): ?Lease {
		$lease = $this->signed( $row );
		// One put back over a newer one is not that row's lease.
		return null !== $lease && $lease->version === (int) $row['version'] ? $lease : null;
	}
}
