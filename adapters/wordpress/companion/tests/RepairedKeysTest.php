<?php
/** A site that is paired again: with one more key, with another key, with a lost one replaced. */

return array(
	'with both keys everything goes on, and a newer lease by the new key replaces one by the old' => static function (): void {
		$site = new Site();
		$old  = $site->broker;
		$new  = new TestBroker();
		$site->apply( $old->lease( 'g1' ) );
		$site->pair( $new->beside( $old ) );
		same( 'g1', $site->live() );
		same( 'refused version_conflict', $site->apply( $new->lease( 'g1' ) ) );
		same( 'done', $site->apply( $new->lease( 'g1', array( 'ver' => 2 ) ) ) );
		same( 'done', $site->apply( $old->lease( 'g2' ) ) );
		$site->pair( $new );
		same( 'g1', $site->live() );
		same( array( 0, 1 ), array( $site->live->unproven(), $site->live->of_unknown_key() ) );
	},
	'with another key a lease opens nothing, and its sessions end at its time all the same' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->pair( new TestBroker() );
		same( '', $site->live() );
		$site->end->sweep( 1999 );
		same( array(), $site->sessions->ended );
		$site->end->sweep( 2000 );
		same( array( 'nurse: all' ), $site->sessions->ended );
	},
	'the new key takes back what the old one gave' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->pair( new TestBroker() );
		same( 'done', $site->revoke( $site->broker->revocation( 'g1' ) ) );
		same( array( 'nurse: all' ), $site->sessions->ended );
	},
	'the same grant signed anew replaces the row that proves nothing' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1', array( 'ver' => 3 ) ) );
		$site->pair( new TestBroker() );
		same( 'refused stale_version', $site->apply( $site->broker->lease( 'g1', array( 'ver' => 2 ) ) ) );
		same( 'refused account_changed', $site->apply( $site->broker->lease( 'g1', array( 'ver' => 3, 'sub' => 'doctor' ) ) ) );
		same( 'done', $site->apply( $site->broker->lease( 'g1', array( 'ver' => 3 ) ) ) );
		same( 'g1', $site->live() );
		same( array(), $site->sessions->ended );
	},
	'an edited row gives way to the lease it stands in the place of' => static function (): void {
		$site  = new Site();
		$lease = $site->broker->lease( 'g1' );
		$site->apply( $lease );
		$site->db->query( "UPDATE wp_emergency_access_leases SET lease = 'x'" );
		same( 'done', $site->apply( $lease ) );
		same( 'g1', $site->live() );
	},
	'a tombstone stands, whatever key signed it' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->revoke( $site->broker->revocation( 'g1' ) );
		$site->revoke( $site->broker->revocation( 'g2' ) );
		$site->pair( new TestBroker() );
		foreach ( array( 'g1', 'g2' ) as $grant ) {
			same( 'refused revoked', $site->apply( $site->broker->lease( $grant, array( 'ver' => 9 ) ) ) );
		}
	},
	'a lease that is over stays so under any key' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->end->sweep( 2000 );
		$site->pair( new TestBroker() );
		same( 'refused ended', $site->apply( $site->broker->lease( 'g1', array( 'ver' => 9 ) ), 1500 ) );
	},
);
