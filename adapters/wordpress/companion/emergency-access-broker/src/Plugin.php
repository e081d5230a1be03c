<?php
namespace EmergencyAccess;

use EmergencyAccess\Calls\Api;
use EmergencyAccess\Calls\Parts;
use EmergencyAccess\Calls\SeenCalls;
use EmergencyAccess\Containing\Frozen;
use EmergencyAccess\Containing\FrozenDoor;
use EmergencyAccess\Containing\ProtectedOrders;
use EmergencyAccess\Containing\ProtectedPosts;
use EmergencyAccess\Containing\SuperAdmins;
use EmergencyAccess\Events\AccessRecorder;
use EmergencyAccess\Events\Recording;
use EmergencyAccess\Events\SignIns;
use EmergencyAccess\Keeping\ContainmentTable;
use EmergencyAccess\Keeping\EndOfLease;
use EmergencyAccess\Keeping\Schema;
use EmergencyAccess\Keeping\Standing;
use EmergencyAccess\Keeping\StorageFailed;
use EmergencyAccess\Lending\BarePages;
use EmergencyAccess\Lending\Capabilities;
use EmergencyAccess\Lending\EditorHint;
use EmergencyAccess\Lending\Elevation;
use EmergencyAccess\Lending\FixedFields;
use EmergencyAccess\Lending\HolderNotice;
use EmergencyAccess\Lending\Listing;
use EmergencyAccess\Lending\LoginSession;
use EmergencyAccess\Lending\PatientPosts;
use EmergencyAccess\Orders\ShopOrders;
use EmergencyAccess\Signed\Pairing;
use EmergencyAccess\Signed\Refusal;
use EmergencyAccess\Telling\Notice;
use EmergencyAccess\Telling\StatusPage;

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
		Recording::hook( $db );
		$standing = self::standing( $db );
		if ( $standing->frozen ) {
			( new FrozenDoor( new Frozen( new ContainmentTable( $db ) ) ) )->hook();
		}
		try {
			$pairing = Pairing::from_constant();
		} catch ( Refusal $refusal ) {
			Notice::hook( $refusal->getMessage() );
			$pairing = null;
		}
		$parts = static function () use ( $db, $pairing ): Parts {
			static $made = null;
			$made        = $made ?? new Parts( $db, $pairing );
			return $made;
		};
		( new Api( $pairing, new SeenCalls( $db ), $parts ) )->hook();
		is_admin() && StatusPage::hook( $db, $pairing, $parts );
		if ( $pairing && ( $standing->due || $standing->leases || $standing->protected ) ) {
			self::act( $standing, $session, $parts() );
		}
	}

	private static function act( Standing $standing, LoginSession $session, Parts $parts ): void {
		if ( $standing->due && ! self::sweep( $parts->end ) ) {
			return;
		}
		$elevation    = new Elevation( $session, $parts->live, $parts->leases, $parts->binding );
		$posts        = new PatientPosts( $parts->db );
		$pages        = new BarePages( $posts );
		$capabilities = new Capabilities( $elevation, $posts, $pages );
		$enforce      = static function () use ( $standing, $parts, $elevation, $posts, $pages, $capabilities ): void {
			if ( $standing->leases ) {
				( new SignIns( $parts->live ) )->hook();
				self::enforce( $elevation, $posts, $pages, $capabilities );
			}
		};
		if ( $standing->protected && is_multisite() ) {
			$protected = new ProtectedPosts( $parts->rule );
			( new SuperAdmins( $protected, $elevation, $capabilities, $posts ) )->hook_around( $enforce );
			( new ProtectedOrders( $protected, ShopOrders::access( $elevation, $pages, $parts->db ) ) )->hook();
		} else {
			$enforce();
		}
	}

	private static function enforce( Elevation $elevation, PatientPosts $posts, BarePages $pages, Capabilities $capabilities ): void {
		$pages->hook();
		$capabilities->hook();
		( new AccessRecorder( $elevation, $posts, $pages ) )->hook();
		( new Listing( $elevation, $posts, $pages ) )->hook();
		( new FixedFields( $elevation, $capabilities ) )->hook();
		( new EditorHint( $elevation, $capabilities ) )->hook();
		( new HolderNotice( $elevation ) )->hook();
		ShopOrders::hook( $elevation, $pages, $GLOBALS['wpdb'] );
	}

	/** False when it failed: then nothing is opened, and the next request sweeps again. */
	private static function sweep( EndOfLease $end ): bool {
		try {
			$end->sweep( time() );
		} catch ( StorageFailed $failure ) {
			return false;
		}
		return true;
	}

	/** On every request, because scheduled tasks run only when somebody visits, and the broker may be dead. */
	private static function standing( \wpdb $db ): Standing {
		try {
			return Standing::read( $db, time() );
		} catch ( StorageFailed $failure ) {
			// No lease counts; whoever broke the tables could have let anybody in already.
			return new Standing();
		}
	}
}
