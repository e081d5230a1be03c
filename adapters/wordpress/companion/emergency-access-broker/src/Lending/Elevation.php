<?php
namespace EmergencyAccess\Lending;

use EmergencyAccess\Keeping\LeaseTable;
use EmergencyAccess\Keeping\LiveLeases;
use EmergencyAccess\Keeping\StorageFailed;
use EmergencyAccess\Signed\Lease;

/** Which leases the person behind this request holds right now, and which of them were used. */
final class Elevation {
	/** @var LoginSession */
	private $session;
	/** @var LiveLeases */
	private $live;
	/** @var LeaseTable */
	private $table;
	/** @var Lease[]|null */
	private $held;
	/** @var array<string,true> */
	private $used = array();

	public function __construct( LoginSession $session, LiveLeases $live, LeaseTable $table ) {
		$this->session = $session;
		$this->live    = $live;
		$this->table   = $table;
	}

	/**
	 * The table is read once a request, the clock at every question.
	 *
	 * @return Lease[]
	 */
	public function leases( int $user_id ): array {
		if ( ! $this->session->is_of( $user_id ) ) {
			return array();
		}
		if ( null === $this->held ) {
			$this->held = $this->read();
		}
		$now = time();
		return array_filter(
			$this->held,
			static function ( Lease $lease ) use ( $now ): bool {
				return $lease->is_live( $now );
			}
		);
	}

	/** Remember that this session leaned on the lease, so that it ends with it. */
	public function note_use( Lease $lease ): void {
		if ( ! isset( $this->used[ $lease->grant ] ) ) {
			$this->used[ $lease->grant ] = true;
			$this->table->note_use( $lease->grant, $this->session->session() );
		}
	}

	/** For the rest of this request: what cannot be recorded is not given. */
	public function close(): void {
		$this->held = array();
	}

	public function user_id(): int {
		return $this->session->user_id();
	}

	/** @return Lease[] */
	private function read(): array {
		try {
			return $this->live->of( $this->session->login(), time() );
		} catch ( StorageFailed $failure ) {
			return array();
		}
	}
}
