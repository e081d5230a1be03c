<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Keeping\LiveLeases;
use EmergencyAccess\Keeping\StorageFailed;

/** Sign-ins of accounts while a lease of theirs lives. */
final class SignIns {
	/** @var LiveLeases */
	private $live;

	public function __construct( LiveLeases $live ) {
		$this->live = $live;
	}

	public function hook(): void {
		add_action( 'wp_login', array( $this, 'tell' ) );
	}

	public function tell( string $login ): void {
		try {
			foreach ( $this->live->of( $login, time() ) as $lease ) {
				Occurrence::tell( 'signed_in', $lease->grant, $lease->account );
			}
		} catch ( StorageFailed $failure ) {
			// Where leases cannot be read none counts.
			return;
		}
	}
}
