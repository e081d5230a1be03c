<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Containing\Accounts;
use EmergencyAccess\Containing\Contain;
use EmergencyAccess\Containing\SiteWaysIn;
use EmergencyAccess\Events\Comparison;
use EmergencyAccess\Events\EventChain;
use EmergencyAccess\Events\LostEvents;
use EmergencyAccess\Events\RecordHealth;
use EmergencyAccess\Events\Seen;
use EmergencyAccess\Keeping\Register;

/** Which call does what. */
final class Routes {
	const NAMES = array( 'apply', 'revoke', 'contain', 'protect', 'resume', 'observe', 'events', 'health', 'readiness' );

	/** These give, so they must come from a broker whose clock agrees with the site's. */
	const GIVE = array( 'apply', 'resume' );

	public static function find( string $name, Parts $parts ): Route {
		switch ( $name ) {
			case 'apply':
				return new ApplyRoute( self::register( $parts ), $parts->halt );
			case 'revoke':
				return new RevokeRoute( self::register( $parts ) );
			case 'contain':
				return new ContainRoute( new Contain( $parts->orders, $parts->pairing, $parts->leases, $parts->end, new SiteWaysIn( $parts->db ) ) );
			case 'protect':
				return new ProtectRoute( $parts->rule, $parts->pairing );
			case 'resume':
				return new ResumeRoute( $parts->mark, $parts->leases );
			case 'observe':
				return new ObserveRoute( $parts->leases, $parts->live, new Accounts( $parts->db, $parts->frozen ), $parts->frozen, $parts->binding );
			case 'events':
				return new EventsRoute( new EventChain( $parts->db ), Comparison::of_site( $parts->db ), new LostEvents( new Seen( $parts->db ) ) );
			case 'health':
				return new HealthRoute( $parts->live, $parts->mark, $parts->rule, $parts->pairing, new RecordHealth( $parts->db ) );
			default:
				return new ReadinessRoute( $parts->frozen );
		}
	}

	private static function register( Parts $parts ): Register {
		return new Register( $parts->leases, $parts->pairing, $parts->end, $parts->live, $parts->halt );
	}
}
