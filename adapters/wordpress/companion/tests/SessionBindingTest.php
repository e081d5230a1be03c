<?php
/** A lease for one login session belongs to the first that uses it. */

use EmergencyAccess\Keeping\SessionBinding;
use EmergencyAccess\Keeping\StateTable;
use EmergencyAccess\Signed\Lease;

$leases = static function ( Site $site, array $beside ): Lease {
	return Lease::verify( $site->broker->lease( 'g1', array( 'scope' => $beside + scope_of( 'P-1', 'read' ) ) ), $site->broker->pairing );
};

return array(
	'the first session takes it, and no other one' => static function () use ( $leases ): void {
		$site    = new Site();
		$binding = new SessionBinding( new StateTable( $site->db ) );
		$lease   = $leases( $site, array( 'session' => 'first' ) );
		same( array( true, true ), array( $binding->is_open_to( $lease, 'ward' ), $binding->is_open_to( $lease, 'phone' ) ) );
		same( true, $binding->take( $lease, 'phone' ) );
		same( false, $binding->is_open_to( $lease, 'ward' ) );
		same( false, $binding->take( $lease, 'ward' ) );
		same( array( true, true ), array( $binding->is_open_to( $lease, 'phone' ), $binding->take( $lease, 'phone' ) ) );
	},
	'without the word every session of the holder may' => static function () use ( $leases ): void {
		$site    = new Site();
		$binding = new SessionBinding( new StateTable( $site->db ) );
		$lease   = $leases( $site, array() );
		same( array( true, true ), array( $binding->take( $lease, 'phone' ), $binding->take( $lease, 'ward' ) ) );
	},
	'it is forgotten when the lease is over for good, and not before' => static function () use ( $leases ): void {
		$site    = new Site();
		$binding = new SessionBinding( new StateTable( $site->db ) );
		$lease   = $leases( $site, array( 'session' => 'first' ) );
		$binding->take( $lease, 'phone' );
		$binding->prune( $lease->expires_at + 86400 );
		same( false, $binding->is_open_to( $lease, 'ward' ) );
		$binding->prune( $lease->expires_at + 86401 );
		same( true, $binding->is_open_to( $lease, 'ward' ) );
	},
	'an extension for one session does not take over those of a lease for all' => static function (): void {
		$all = EmergencyAccess\Signed\Scope::from_claim( scope_of( 'P-1', 'read' ) );
		$one = EmergencyAccess\Signed\Scope::from_claim( array( 'session' => 'first' ) + scope_of( 'P-1', 'read' ) );
		same( array( true, false, true ), array( $all->covers( $one ), $one->covers( $all ), $one->covers( $one ) ) );
	},
);
