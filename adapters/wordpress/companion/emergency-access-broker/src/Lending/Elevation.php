<?php
namespace EmergencyAccess\Lending;

use EmergencyAccess\Keeping\LeaseTable;
use EmergencyAccess\Keeping\LiveLeases;
use EmergencyAccess\Keeping\SessionBinding;
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
	/** @var SessionBinding */
	private $binding;
	/** @var Lease[]|null */
	private $held;
	/** @var array<string,bool> */
	private $used = array();

	public function __construct( LoginSession $session, LiveLeases $live, LeaseTable $table, SessionBinding $binding ) {
		$this->session = $session;
		$this->live    = $live;
		$this->table   = $table;
		$this->binding = $binding;
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

	/** Whether this session may lean on the lease; it is remembered, so that it ends with it. */
	public function uses( Lease $lease ): bool {
		if ( ! isset( $this->used[ $lease->grant ] ) ) {
			$this->used[ $lease->grant ] = $this->begin( $lease );
		}
		return $this->used[ $lease->grant ];
	}

	/** For the rest of this request: what cannot be recorded is not given. */
	public function close(): void {
		$this->held = array();
	}

	public function user_id(): int {
		return $this->session->user_id();
	}

	private function begin( Lease $lease ): bool {
		try {
			$mine = $this->binding->take( $lease, $this->session->session() );
		} catch ( StorageFailed $failure ) {
			return false;
		}
		if ( $mine ) {
			$this->table->note_use( $lease->grant, $this->session->session() );
		}
		return $mine;
	}

	/** @return Lease[] */
	private function read(): array {
		try {
			return array_filter(
				$this->live->of( $this->session->login(), time() ),
				function ( Lease $lease ): bool {
					return $this->binding->is_open_to( $lease, $this->session->session() );
				}
			);
		} catch ( StorageFailed $failure ) {
			return array();
		}
	}
}
