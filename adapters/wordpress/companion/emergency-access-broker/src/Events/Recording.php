<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Keeping\StorageFailed;

/** Hooks what keeps a record, paired or not; loads nothing before there is something to record. */
final class Recording {
	/** @var \wpdb */
	private $db;
	/** @var EventKeeper|null */
	private $keeper;
	/** @var bool */
	private $looks_later = false;

	public static function hook( \wpdb $db ): void {
		$recording = new self();

		$recording->db = $db;
		add_action( Occurrence::ACTION, array( $recording, 'keep' ), 10, 4 );
		( new OutsideChanges( $db ) )->hook();
	}

	/** @param array<string,string|int> $facts */
	public function keep( string $kind, string $grant, string $account, array $facts = array() ): void {
		$this->keeper = $this->keeper ?? new EventKeeper( new EventChain( $this->db ), new LostEvents( new Seen( $this->db ) ) );
		$this->keeper->keep( $kind, $grant, $account, $facts );
		if ( 'contained' === $kind && ! $this->looks_later ) {
			$this->looks_later = true;
			add_action( 'shutdown', array( $this, 'look_at_own_work' ) );
		}
	}

	/** What an order of the broker deleted must not look like somebody else's doing later. */
	public function look_at_own_work(): void {
		try {
			Comparison::of_site( $this->db )->look_at_own_work( time() );
		} catch ( StorageFailed $failure ) {
			// It is found afterwards then.
			return;
		}
	}
}
