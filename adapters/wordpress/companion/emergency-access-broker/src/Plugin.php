<?php
namespace EmergencyAccess;

/** Where the pieces are put together. */
final class Plugin {
	public static function start(): void {
		// At once: a cookie may be validated before any later hook.
		$session = new LoginSession();
		$session->hook();
		add_action(
			'plugins_loaded',
			static function () use ( $session ): void {
				self::wire( $session, $GLOBALS['wpdb'] );
			},
			PHP_INT_MIN
		);
	}

	private static function wire( LoginSession $session, \wpdb $db ): void {
		Schema::ensure( $db );
		$seen = new SeenCalls( $db );
		try {
			$pairing = Pairing::from_constant();
		} catch ( Refusal $refusal ) {
			Notice::hook( $refusal->getMessage() );
			( new Api( null, $seen, null ) )->hook();
			return;
		}
		$table = new LeaseTable( $db );
		$live  = new LiveLeases( $table, $pairing );
		$end   = new EndOfLease( $table, $live, new SiteSessions() );
		( new Api( $pairing, $seen, new Answers( new Register( $table, $pairing, $end ), $live, $table, $pairing ) ) )->hook();
		self::enforce( new Elevation( $session, $live, $table ), new PatientPosts( $db ) );
		self::sweep( $end );
	}

	private static function enforce( Elevation $elevation, PatientPosts $posts ): void {
		$pages        = new BarePages( $posts );
		$capabilities = new Capabilities( $elevation, $posts, $pages );
		$pages->hook();
		$capabilities->hook();
		( new Listing( $elevation, $posts, $pages ) )->hook();
		( new FixedFields( $elevation, $capabilities ) )->hook();
		( new EditorHint( $elevation, $capabilities ) )->hook();
		( new HolderNotice( $elevation ) )->hook();
		ShopOrders::hook( $elevation, $GLOBALS['wpdb'] );
	}

	/** On every request, because scheduled tasks run only when somebody visits, and the broker may be dead. */
	private static function sweep( EndOfLease $end ): void {
		try {
			$end->sweep( time() );
		} catch ( StorageFailed $failure ) {
			// Each capability check looks at the clock itself; the next request sweeps again.
			return;
		}
	}
}
