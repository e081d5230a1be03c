<?php
namespace EmergencyAccess\Keeping;

use EmergencyAccess\Signed\Lease;
use EmergencyAccess\Signed\Pairing;
use EmergencyAccess\Signed\Refusal;

/** The leases that hold at this moment, each proven again from its signature. */
final class LiveLeases {
	/** @var LeaseTable */
	private $table;
	/** @var Pairing */
	private $pairing;
	/** @var Halt */
	private $halt;

	public function __construct( LeaseTable $table, Pairing $pairing, Halt $halt ) {
		$this->table   = $table;
		$this->pairing = $pairing;
		$this->halt    = $halt;
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
		return count( array_diff( $this->doubts(), array( '', 'unknown_key' ) ) );
	}

	/** How many open rows were signed by a key this site does not know, such as one from before it was paired again. */
	public function of_unknown_key(): int {
		return count( array_keys( $this->doubts(), 'unknown_key', true ) );
	}

	/** @param array<string,string> $row */
	public function proves( array $row ): bool {
		return '' === $this->doubt( $row );
	}

	/**
	 * @param array<int,array<string,string>> $rows
	 * @return Lease[]
	 */
	private function proven( array $rows, int $now ): array {
		$live  = array();
		$rows  = $rows && '' === $this->halt->of_all() ? $rows : array();
		$ended = $rows ? $this->halt->ended( $now ) : array();
		foreach ( $rows as $row ) {
			try {
				$lease = $this->prove( $row );
			} catch ( Refusal $doubt ) {
				continue;
			}
			if ( $lease->is_live( $now ) && ! isset( $ended[ $lease->grant ] ) && '' === $this->halt->of( $lease->account ) ) {
				$live[] = $lease;
			}
		}
		return $live;
	}

	/**
	 * The lease a row holds, whether or not it still counts; null when it is not that row's.
	 *
	 * @param array<string,string> $row
	 */
	public function signed( array $row ): ?Lease {
		try {
			return $this->own( $row );
		} catch ( Refusal $refusal ) {
			return null;
		}
	}

	/** @return string[] Of every open row but those that wait to be applied again. */
	private function doubts(): array {
		return array_map( array( $this, 'doubt' ), array_filter( $this->table->all_open(), array( self::class, 'holds_lease' ) ) );
	}

	/** @param array<string,string> $row */
	private static function holds_lease( array $row ): bool {
		return '' !== $row['lease'];
	}

	/**
	 * What is wrong with a row, '' for nothing.
	 *
	 * @param array<string,string> $row
	 */
	private function doubt( array $row ): string {
		try {
			$this->prove( $row );
		} catch ( Refusal $refusal ) {
			return $refusal->getMessage();
		}
		return '';
	}

	/** @param array<string,string> $row */
	private function prove( array $row ): Lease {
		$lease = $this->own( $row );
		if ( $lease->version !== (int) $row['version'] ) {
			// One put back over a newer one is not that row's lease.
			throw new Refusal( 'edited' );
		}
		return $lease;
	}

	/** @param array<string,string> $row */
	private function own( array $row ): Lease {
		$lease = Lease::verify( $row['lease'], $this->pairing );
		if ( $lease->grant !== $row['grant_id'] || $lease->account !== $row['account'] ) {
			throw new Refusal( 'edited' );
		}
		return $lease;
	}
}
