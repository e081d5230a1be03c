<?php
/** What ended before its signed time stays ended, whatever becomes of its row. */

use EmergencyAccess\Keeping\EndedFile;

$put_back = static function ( Site $site, string $grant ): void {
	$row = $site->db->get_results( "SELECT expires_at FROM wp_emergency_access_leases WHERE grant_id = '$grant'", 'ARRAY_A' );
	same( 1, count( $row ) );
	$site->db->query( "UPDATE wp_emergency_access_leases SET ended_at = 0, revocation = '', version = 1, expires_at = 2000 WHERE grant_id = '$grant'" );
};

return array(
	'a revoked lease whose row is put back opens nothing' => static function () use ( $put_back ): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->apply( $site->broker->lease( 'g2' ) );
		$site->revoke( $site->broker->revocation( 'g1' ) );
		$put_back( $site, 'g1' );
		same( 'g2', $site->live() );
	},
	'nor one whose row was away while it was revoked' => static function (): void {
		$site  = new Site();
		$lease = $site->broker->lease( 'g1' );
		$site->apply( $lease );
		$site->db->query( 'CREATE TABLE kept AS SELECT * FROM wp_emergency_access_leases' );
		$site->db->query( 'DELETE FROM wp_emergency_access_leases' );
		$site->revoke( $site->broker->revocation( 'g1' ) );
		$site->db->query( 'DELETE FROM wp_emergency_access_leases' );
		$site->db->query( 'INSERT INTO wp_emergency_access_leases SELECT * FROM kept' );
		same( '', $site->live() );
	},
	'nor one that an order about its holder ended' => static function () use ( $put_back ): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->contain( $site->broker->containment( 'nurse', array( 'end_leases' ), 1 ) );
		$put_back( $site, 'g1' );
		same( '', $site->live() );
	},
	'what ended in its own time needs no line' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->end->sweep( 2000 );
		same( array(), ( new EndedFile( $site->file . '.ended' ) )->grants( 2000 ) );
	},
	'lines are kept as long as a lease could live, and no longer' => static function (): void {
		$site  = new Site();
		$ended = new EndedFile( $site->file . '.ended' );
		$ended->add( array( 'a', 'b' ), 1000 );
		$ended->add( array( 'c' ), 2000 );
		same( array( 'a', 'b', 'c' ), array_keys( $ended->grants( 2000 ) ) );
		same( array( 'c' ), array_keys( $ended->grants( 1000 + 86460 ) ) );
		same( array(), $ended->grants( 2000 + 86460 ) );
	},
	'a long file is written anew with what still counts' => static function (): void {
		$site  = new Site();
		$path  = $site->file . '.ended';
		$ended = new EndedFile( $path );
		$ended->add( array( 'old' ), 1000 );
		$many = array();
		for ( $number = 0; $number < 3000; $number++ ) {
			$many[] = sprintf( 'grant_%040d', $number );
		}
		$ended->add( $many, 200000 );
		$ended->add( array( 'last' ), 200001 );
		same( 3001, count( $ended->grants( 200001 ) ) );
		same( false, strpos( (string) file_get_contents( $path ), 'old ' ) );
	},
	'the file says nothing to whoever opens its address' => static function (): void {
		$site = new Site();
		( new EndedFile( $site->file . '.ended' ) )->add( array( 'g1' ), 1000 );
		same( '', (string) shell_exec( escapeshellarg( PHP_BINARY ) . ' ' . escapeshellarg( $site->file . '.ended' ) . ' 2>&1' ) );
	},
);
