<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Calls\Verdict;
use EmergencyAccess\Events\Occurrence;
use EmergencyAccess\Keeping\ContainmentTable;
use EmergencyAccess\Keeping\EndOfLease;
use EmergencyAccess\Keeping\LeaseTable;
use EmergencyAccess\Signed\Containment;
use EmergencyAccess\Signed\Pairing;
use EmergencyAccess\Signed\Refusal;

/** Carrying out the broker's orders about accounts. Repeating one is safe, and an older one undoes nothing. */
final class Contain {
	/** @var ContainmentTable */
	private $table;
	/** @var Pairing */
	private $pairing;
	/** @var LeaseTable */
	private $leases;
	/** @var EndOfLease */
	private $end;
	/** @var WaysIn */
	private $ways;

	public function __construct( ContainmentTable $table, Pairing $pairing, LeaseTable $leases, EndOfLease $end, WaysIn $ways ) {
		$this->table   = $table;
		$this->pairing = $pairing;
		$this->leases  = $leases;
		$this->end     = $end;
		$this->ways    = $ways;
	}

	/** @return array{grant:?string,answer:string,reason:string} */
	public function obey( string $jws, int $now ): array {
		$id = null;
		try {
			$order = Containment::verify( $jws, $this->pairing );
			$id    = $order->id;
			if ( Containment::EVERYONE !== $order->account && ! $this->ways->knows( $order->account ) ) {
				throw new Refusal( 'unknown_account' );
			}
			if ( $this->keep( $order ) ) {
				$this->carry_out( $order, $now );
			}
		} catch ( Refusal $refusal ) {
			return Verdict::refused( $id, $refusal );
		}
		return Verdict::done( $order->id );
	}

	/**
	 * @return bool Whether something is left to do.
	 * @throws Refusal stale_version or version_conflict.
	 */
	private function keep( Containment $order ): bool {
		if ( $this->table->take( $order ) ) {
			return true;
		}
		$row = $this->table->find( $order->account );
		if ( $row && ! $this->is_proven( $row ) && $this->table->replace( $order, $row['document'] ) ) {
			return true;
		}
		if ( ! $row || (int) $row['version'] > $order->version ) {
			throw new Refusal( 'stale_version' );
		}
		if ( $row['order_id'] !== $order->id ) {
			throw new Refusal( 'version_conflict' );
		}
		return ! (int) $row['done'];
	}

	/** Whether a stored order is still one by a key of this broker. */
	private function is_proven( array $row ): bool {
		try {
			$order = Containment::verify( $row['document'], $this->pairing );
		} catch ( Refusal $refusal ) {
			return false;
		}
		return $order->account === $row['account'] && $order->version === (int) $row['version'];
	}

	/** What lets in by itself goes before the sessions, so that nothing opens a new one behind them. */
	private function carry_out( Containment $order, int $now ): void {
		if ( $order->says( Containment::DELETE_APPLICATION_PASSWORDS ) ) {
			$this->ways->delete_application_passwords( $order );
		}
		if ( $order->says( Containment::DELETE_API_KEYS ) ) {
			$this->ways->delete_api_keys( $order );
		}
		if ( $order->says( Containment::END_LEASES ) ) {
			$this->end_leases( $order, $now );
		}
		if ( $order->says( Containment::FREEZE ) || $order->says( Containment::END_SESSIONS ) ) {
			$this->ways->end_sessions( $order );
		}
		$this->table->mark_done( $order );
		Occurrence::tell( 'contained', '', $order->account, array( 'actions' => implode( ' ', $order->actions ), 'order' => $order->id ) );
	}

	private function end_leases( Containment $order, int $now ): void {
		$open = Containment::EVERYONE === $order->account ? $this->leases->all_open() : $this->leases->open_for( $order->account );
		foreach ( $open as $row ) {
			if ( $order->concerns( $row['account'] ) ) {
				$this->leases->make_due( $row['grant_id'], $now );
			}
		}
		$this->end->sweep( $now );
	}
}
