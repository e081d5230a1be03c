<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Keeping\StorageFailed;

/** What is wrong with the record this site keeps. */
final class RecordHealth {
	/** @var \wpdb */
	private $db;

	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	/** @return array<string,bool> Words the broker has sentences for. */
	public function problems(): array {
		$seen = new Seen( $this->db );
		try {
			( new EventChain( $this->db ) )->head();
			$blind = ( new Comparison( $seen, array() ) )->blind();
		} catch ( StorageFailed $failure ) {
			return array( 'events_lost' => true );
		}
		return array(
			'events_lost'          => ( new LostEvents( $seen ) )->any(),
			'files_not_watched'    => in_array( 'files', $blind, true ),
			'accounts_not_watched' => (bool) array_intersect( array( 'account', 'key' ), $blind ),
		);
	}
}
