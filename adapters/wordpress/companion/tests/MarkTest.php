<?php
/** A database put back from a backup is noticed, and nothing counts until the broker says so. */

use EmergencyAccess\Keeping\MarkFile;

return array(
	'the mark only rises, in the table and beside it' => static function (): void {
		$site = new Site();
		same( array( 0, 0 ), array( $site->mark->of_database(), ( new MarkFile( $site->file ) )->read() ) );
		foreach ( array( 3, 5, 4, 5 ) as $told ) {
			$site->mark->raise( $told );
		}
		same( array( 5, 5 ), array( $site->mark->of_database(), ( new MarkFile( $site->file ) )->read() ) );
		same( false, $site->mark->is_behind() );
		same( true, $site->mark->is_kept_outside() );
	},
	'an older database opens nothing, and only a resumption mends it' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->mark->raise( 5 );
		$site->db->query( 'UPDATE wp_emergency_access_state SET number = 4' );
		same( true, $site->mark->is_behind() );
		same( '', $site->live() );
		same( array(), $site->live->all( 1500 ) );
		$site->mark->raise( 9 );
		same( 4, $site->mark->of_database() );
		same( '', $site->live() );
		$site->mark->resume( 9 );
		same( 9, $site->mark->of_database() );
		same( 'g1', $site->live() );
	},
	'a table that was emptied is an older database too' => static function (): void {
		$site = new Site();
		$site->mark->raise( 5 );
		$site->db->query( 'DELETE FROM wp_emergency_access_state' );
		same( true, $site->mark->is_behind() );
	},
	'revoking works while the database is behind' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->mark->raise( 5 );
		$site->db->query( 'UPDATE wp_emergency_access_state SET number = 1' );
		same( 'done', $site->revoke( $site->broker->revocation( 'g1' ) ) );
		same( array( 'nurse: all' ), $site->sessions->ended );
		$site->mark->resume( 6 );
		same( '', $site->live() );
	},
	'a file that was lost, lowered or filled with nonsense stops nothing, and is written again' => static function (): void {
		foreach ( array( null, '<?php exit; // 00000000000000000002', 'nonsense', '', "<?php exit; // 00000000000000000009\n" ) as $text ) {
			$site = new Site();
			$site->mark->raise( 5 );
			null === $text ? unlink( $site->file ) : file_put_contents( $site->file, $text );
			same( false, $site->mark->is_behind() );
			same( false, $site->mark->is_kept_outside() );
			$site->mark->raise( 5 );
			same( true, $site->mark->is_kept_outside() );
		}
	},
	'a file that was raised by hand stops every lease until the broker resumes' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->mark->raise( 5 );
		file_put_contents( $site->file, '<?php exit; // 00000000000000000099' );
		same( '', $site->live() );
		$site->mark->resume( 6 );
		same( 'g1', $site->live() );
		same( 6, ( new MarkFile( $site->file ) )->read() );
	},
	'where no file can be written the mark stands in the table alone' => static function (): void {
		$site       = new Site();
		$site->file = '/proc/no-such-folder/mark.php';
		$site->pair( $site->broker );
		$site->mark->raise( 5 );
		same( array( 5, false, false ), array( $site->mark->of_database(), $site->mark->is_behind(), $site->mark->is_kept_outside() ) );
	},
	'the file shows nothing to who asks for it' => static function (): void {
		$site = new Site();
		$site->mark->raise( 5 );
		same( '', (string) shell_exec( escapeshellarg( PHP_BINARY ) . ' ' . escapeshellarg( $site->file ) ) );
	},
);
