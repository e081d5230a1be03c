<?php
namespace EmergencyAccess\Events;

/** Says on the site that something happened, to whoever keeps a record of it. */
final class Occurrence {
	const ACTION = 'emergency_access_event';

	/** @param array<string,string|int> $facts No patient, no title, no address with a query. */
	public static function tell( string $kind, string $grant, string $account, array $facts = array() ): void {
		if ( function_exists( 'do_action' ) ) {
			do_action( self::ACTION, $kind, $grant, $account, $facts );
		}
	}
}
