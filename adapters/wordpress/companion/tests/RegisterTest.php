<?php
/** Taking in leases and revocations: repeatable, monotonic, final. */

return array(
	'a lease lives from its beginning to its last second' => static function (): void {
		$site = new Site();
		same( 'done', $site->apply( $site->broker->lease( 'g1' ) ) );
		same( '', $site->live( 939 ) );
		same( 'g1', $site->live( 940 ) );
		same( 'g1', $site->live( 1999 ) );
		same( '', $site->live( 2000 ) );
	},
	'the same lease twice is done twice' => static function (): void {
		$site  = new Site();
		$lease = $site->broker->lease( 'g1' );
		same( 'done', $site->apply( $lease ) );
		same( 'done', $site->apply( $lease ) );
		same( array(), $site->sessions->ended );
	},
	'a higher version replaces, a lower one and a different equal one are refused' => static function (): void {
		$site = new Site();
		same( 'done', $site->apply( $site->broker->lease( 'g1', array( 'ver' => 3 ) ) ) );
		same( 'refused stale_version', $site->apply( $site->broker->lease( 'g1', array( 'ver' => 2 ) ) ) );
		same( 'refused version_conflict', $site->apply( $site->broker->lease( 'g1', array( 'ver' => 3, 'exp' => 1900 ) ) ) );
		same( 'done', $site->apply( $site->broker->lease( 'g1', array( 'ver' => 4, 'exp' => 1800 ) ) ) );
		same( '', $site->live( 1800 ) );
	},
	'a grant never moves to another account' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		same( 'refused account_changed', $site->apply( $site->broker->lease( 'g1', array( 'ver' => 2, 'sub' => 'admin' ) ) ) );
	},
	'an expired lease, and one the site objects to, are refused' => static function (): void {
		$site = new Site();
		same( 'refused expired', $site->apply( $site->broker->lease( 'g1' ), 2000 ) );
		same( 'refused unknown_account', $site->apply( $site->broker->lease( 'g1' ), 1500, 'unknown_account' ) );
		same( null, $site->table->find( 'g1' ) );
	},
	'a stranger\'s lease is refused' => static function (): void {
		$site = new Site();
		same( 'refused unknown_key', $site->apply( ( new TestBroker() )->lease( 'g1' ) ) );
		same( 'refused unknown_key', $site->revoke( ( new TestBroker() )->revocation( 'g1' ) ) );
	},
	'revoking ends the grant and its sessions once, however often it is said' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		same( 'done', $site->revoke( $site->broker->revocation( 'g1' ) ) );
		same( 'done', $site->revoke( $site->broker->revocation( 'g1' ) ) );
		same( 'done', $site->revoke( $site->broker->revocation( 'g1', 9 ) ) );
		same( '', $site->live() );
		same( array( 'nurse: all' ), $site->sessions->ended );
	},
	'a revocation is final, also for leases with a higher version' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->revoke( $site->broker->revocation( 'g1' ) );
		foreach ( array( 1, 2, 7 ) as $version ) {
			same( 'refused revoked', $site->apply( $site->broker->lease( 'g1', array( 'ver' => $version ) ) ) );
		}
		same( '', $site->live() );
	},
	'an unknown revocation leaves a tombstone that a late lease cannot pass' => static function (): void {
		$site = new Site();
		same( 'done', $site->revoke( $site->broker->revocation( 'g1' ) ) );
		same( 'refused revoked', $site->apply( $site->broker->lease( 'g1' ) ) );
		same( array(), $site->sessions->ended );
	},
	'a tombstone outlives the lease it keeps out, then goes' => static function (): void {
		$site = new Site();
		$site->revoke( $site->broker->revocation( 'g1' ) );
		$site->table->prune( 9000 + 86400 );
		same( true, null !== $site->table->find( 'g1' ) );
		$site->table->prune( 9001 + 86400 );
		same( null, $site->table->find( 'g1' ) );
	},
	'a lease that still lives is never forgotten' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->table->prune( 999999 );
		same( true, null !== $site->table->find( 'g1' ) );
	},
	'the sweep ends what is due, once, and leaves the rest' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->apply( $site->broker->lease( 'g2', array( 'sub' => 'doctor', 'exp' => 3000 ) ) );
		$site->end->sweep( 1999 );
		same( array(), $site->sessions->ended );
		$site->end->sweep( 2000 );
		$site->end->sweep( 2001 );
		same( array( 'nurse: all' ), $site->sessions->ended );
		same( 'g2', $site->live( 2001, 'doctor' ) );
	},
	'a clock set back revives nothing that was swept' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->end->sweep( 2000 );
		same( '', $site->live( 1500 ) );
		same( 'refused ended', $site->apply( $site->broker->lease( 'g1' ), 1500 ) );
	},
	'overlapping grants: only sessions that leaned on nothing else end' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->apply( $site->broker->lease( 'g2', array( 'exp' => 3000, 'scope' => scope_of( 'P-2', 'read' ) ) ) );
		foreach ( array( array( 'g1', 'ward' ), array( 'g1', 'phone' ), array( 'g2', 'phone' ), array( 'g1', 'ward' ) ) as $use ) {
			$site->table->note_use( $use[0], $use[1] );
		}
		$site->revoke( $site->broker->revocation( 'g1' ) );
		same( array( 'nurse: ward' ), $site->sessions->ended );
		same( 'g2', $site->live() );
		$site->end->sweep( 3000 );
		same( array( 'nurse: ward', 'nurse: all' ), $site->sessions->ended );
	},
	'a lease that opens all the ended one opened takes over its sessions, and ends them' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->apply( $site->broker->lease( 'g2', array( 'exp' => 3000, 'scope' => scope_of( 'P-1', 'edit' ) ) ) );
		$site->apply( $site->broker->lease( 'g3', array( 'exp' => 4000, 'scope' => scope_of( 'P-2', 'read' ) ) ) );
		$site->table->note_use( 'g1', 'ward' );
		$site->end->sweep( 2000 );
		same( array( 'nurse: ' ), $site->sessions->ended );
		$site->end->sweep( 3000 );
		same( array( 'nurse: ', 'nurse: ward' ), $site->sessions->ended );
	},
	'a lease that opens less, or another patient, takes nothing over' => static function (): void {
		foreach ( array( scope_of( 'P-1', 'read' ), scope_of( 'P-2', 'edit' ), array( 'primitives' => array( 'edit_posts' ) ) ) as $scope ) {
			$site = new Site();
			$site->apply( $site->broker->lease( 'g1', array( 'scope' => scope_of( 'P-1', 'edit' ) ) ) );
			$site->apply( $site->broker->lease( 'g2', array( 'exp' => 3000, 'scope' => $scope ) ) );
			$site->table->note_use( 'g1', 'ward' );
			$site->end->sweep( 2000 );
			same( array( 'nurse: ward' ), $site->sessions->ended );
		}
	},
	'a row whose lease was swapped hands nothing over' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->apply( $site->broker->lease( 'g2', array( 'exp' => 3000 ) ) );
		$site->table->note_use( 'g1', 'ward' );
		$site->db->query( "UPDATE wp_emergency_access_leases SET lease = (SELECT lease FROM wp_emergency_access_leases WHERE grant_id = 'g2')" );
		$site->end->sweep( 2000 );
		same( array( 'nurse: ward' ), $site->sessions->ended );
	},
	'an edited row grants nothing' => static function (): void {
		$edits = array(
			"SET account = 'intruder'",
			"SET lease = replace(lease, '.', '.A')",
			'SET version = 0',
			"SET grant_id = 'g9'",
		);
		foreach ( $edits as $edit ) {
			$site = new Site();
			$site->apply( $site->broker->lease( 'g1' ) );
			same( 1, $site->db->query( "UPDATE wp_emergency_access_leases $edit" ) );
			same( '', $site->live( 1500 ) . $site->live( 1500, 'intruder' ) );
			same( 1, $site->live->unproven() );
		}
	},
	'a later expiry in the row prolongs nothing' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->db->query( 'UPDATE wp_emergency_access_leases SET expires_at = 99999' );
		same( '', $site->live( 2000 ) );
	},
	'rows that prove nothing are counted' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		same( 0, $site->live->unproven() );
		$site->db->query( "UPDATE wp_emergency_access_leases SET lease = 'x'" );
		same( 1, $site->live->unproven() );
	},
);
