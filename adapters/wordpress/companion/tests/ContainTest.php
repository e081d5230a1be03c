<?php
/** Orders about accounts: at once, repeatable, and never undone by an older one. */

$freeze  = array( 'freeze' );
$release = array( 'release' );

return array(
	'frozen: sessions end, and no lease counts until the release' => static function () use ( $freeze, $release ): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		same( 'done', $site->contain( $site->broker->containment( 'nurse', $freeze, 1 ) ) );
		same( array( 'sessions of nurse' ), $site->ways->done );
		same( array( true, false ), array( $site->is_frozen(), $site->is_frozen( 'doctor' ) ) );
		same( '', $site->live() );
		same( 'done', $site->contain( $site->broker->containment( 'nurse', $release, 2 ) ) );
		same( 'g1', $site->live() );
	},
	'an order that was carried out is not carried out again' => static function () use ( $freeze ): void {
		$site  = new Site();
		$order = $site->broker->containment( 'nurse', $freeze, 1 );
		same( array( 'done', 'done' ), array( $site->contain( $order ), $site->contain( $order ) ) );
		same( array( 'sessions of nurse' ), $site->ways->done );
	},
	'an order that died half way is carried out again' => static function () use ( $freeze ): void {
		$site  = new Site();
		$order = $site->broker->containment( 'nurse', $freeze, 1 );
		$site->contain( $order );
		$site->db->query( 'UPDATE wp_emergency_access_orders SET done = 0' );
		same( 'done', $site->contain( $order ) );
		same( array( 'sessions of nurse', 'sessions of nurse' ), $site->ways->done );
	},
	'an older order, and another one of the same version, are refused' => static function () use ( $freeze, $release ): void {
		$site = new Site();
		$site->contain( $site->broker->containment( 'nurse', $freeze, 5 ) );
		same( 'refused stale_version', $site->contain( $site->broker->containment( 'nurse', $release, 4 ) ) );
		same( 'refused version_conflict', $site->contain( $site->broker->containment( 'nurse', $release, 5, array( 'order' => 'other' ) ) ) );
		same( true, $site->is_frozen() );
		$site->contain( $site->broker->containment( 'nurse', $release, 6 ) );
		same( 'refused stale_version', $site->contain( $site->broker->containment( 'nurse', $freeze, 5 ) ) );
		same( false, $site->is_frozen() );
	},
	'an order that says nothing of freezing leaves the account as it is' => static function () use ( $freeze, $release ): void {
		$site = new Site();
		$site->contain( $site->broker->containment( 'nurse', $freeze, 1 ) );
		$site->contain( $site->broker->containment( 'nurse', array( 'end_sessions' ), 2 ) );
		same( true, $site->is_frozen() );
		same( 'refused stale_version', $site->contain( $site->broker->containment( 'nurse', $release, 1, array( 'order' => 'late' ) ) ) );
	},
	'every action is carried out, what lets in before the sessions' => static function (): void {
		$site = new Site();
		$site->apply( $site->broker->lease( 'g1' ) );
		$site->contain( $site->broker->containment( 'nurse', array( 'end_sessions', 'delete_api_keys', 'delete_application_passwords', 'end_leases' ), 1 ) );
		same( array( 'application passwords of nurse', 'keys of nurse', 'sessions of nurse' ), $site->ways->done );
		same( array( 'nurse: all' ), $site->sessions->ended );
		same( '', $site->live() );
		same( 'refused ended', $site->apply( $site->broker->lease( 'g1' ) ) );
	},
	'everyone but the spared' => static function (): void {
		$site = new Site();
		foreach ( array( 'g1' => 'nurse', 'g2' => 'doctor' ) as $grant => $account ) {
			$site->apply( $site->broker->lease( $grant, array( 'sub' => $account ) ) );
		}
		$site->contain( $site->broker->containment( '*', array( 'freeze', 'end_leases' ), 1, array( 'spare' => array( 'doctor' ) ) ) );
		same( array( true, false, true ), array( $site->is_frozen(), $site->is_frozen( 'doctor' ), $site->is_frozen( 'somebody' ) ) );
		same( array( '', 'g2' ), array( $site->live(), $site->live( 1500, 'doctor' ) ) );
	},
	'of an order about everyone and one about an account the later one counts' => static function () use ( $freeze, $release ): void {
		$site = new Site();
		$site->contain( $site->broker->containment( 'nurse', $release, 1 ) );
		$site->contain( $site->broker->containment( '*', $freeze, 2 ) );
		same( true, $site->is_frozen() );
		$site->contain( $site->broker->containment( 'nurse', $release, 3 ) );
		same( array( false, true ), array( $site->is_frozen(), $site->is_frozen( 'doctor' ) ) );
		$site->contain( $site->broker->containment( '*', array( 'end_sessions' ), 4 ) );
		same( false, $site->is_frozen() );
		$site->contain( $site->broker->containment( '*', $freeze, 5 ) );
		same( true, $site->is_frozen() );
	},
	'letting everyone go does not let go of who was frozen by name' => static function () use ( $freeze, $release ): void {
		$site = new Site();
		$site->contain( $site->broker->containment( '*', $freeze, 1 ) );
		$site->contain( $site->broker->containment( 'nurse', $freeze, 2 ) );
		$site->contain( $site->broker->containment( '*', $release, 3 ) );
		same( array( true, false ), array( $site->is_frozen(), $site->is_frozen( 'doctor' ) ) );
	},
	'who is not known here cannot be contained' => static function () use ( $freeze ): void {
		$site = new Site();
		same( 'refused unknown_account', $site->contain( $site->broker->containment( 'nobody', $freeze, 1 ) ) );
		same( 'refused unknown_key', $site->contain( ( new TestBroker() )->containment( 'nurse', $freeze, 1 ) ) );
	},
	'paired with another key, who is frozen stays frozen until the new key releases' => static function () use ( $freeze, $release ): void {
		$site = new Site();
		$site->contain( $site->broker->containment( 'nurse', $freeze, 7 ) );
		$site->pair( new TestBroker() );
		same( true, $site->is_frozen() );
		same( 'done', $site->contain( $site->broker->containment( 'nurse', $release, 2 ) ) );
		same( false, $site->is_frozen() );
	},
	'a rule that nobody can prove is none, and gives way; an older one does not come back' => static function (): void {
		$site = new Site();
		same( null, $site->rule->current() );
		same( 'ok', $site->protect( $site->broker->protection( 2 ) ) );
		same( 'ok', $site->protect( $site->broker->protection( 2 ) ) );
		same( 'stale_version', $site->protect( $site->broker->protection( 1 ) ) );
		same( 'version_conflict', $site->protect( $site->broker->protection( 2, array( 'super_admins' => 'free' ) ) ) );
		same( true, $site->rule->current()->stops_super_admins );
		$site->pair( new TestBroker() );
		same( array( null, true ), array( $site->rule->current(), $site->rule->is_unproven() ) );
		same( 'ok', $site->protect( $site->broker->protection( 1 ) ) );
		same( 1, $site->rule->current()->version );
	},
);
