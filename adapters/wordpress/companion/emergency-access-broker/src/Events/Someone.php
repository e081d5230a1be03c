<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Calls\Api;

/**
 * How an account is named in an event.
 *
 * Patients have accounts too, on many sites with their mail address for a login.
 * Only who may do more than read is named by login, everybody else by number.
 */
final class Someone {
	const EVERYBODYS = array( 'read', 'exist', 'level_0' );

	/** @return array<string,string> `object`, and `subject` (the login) where it may be said. */
	public static function told( ?\WP_User $user, int $id ): array {
		$facts = array( 'object' => 'user ' . $id );
		return $user && self::may_be_named( $user ) ? $facts + array( 'subject' => $user->user_login ) : $facts;
	}

	/** The login of whoever this request acts for; '' when nobody, or a visitor with an account. */
	public static function acting(): string {
		$user = self::current();
		return $user && self::may_be_named( $user ) ? $user->user_login : '';
	}

	/** @return array<string,string> Who did it where no login says it. */
	public static function means( int $concerned = 0 ): array {
		$user = self::current();
		if ( $user ) {
			return (int) $user->ID === $concerned ? array( 'by' => 'self' ) : array();
		}
		if ( self::is_broker() ) {
			return array( 'by' => 'companion' );
		}
		if ( defined( 'WP_CLI' ) || 'cli' === PHP_SAPI ) {
			return array( 'by' => 'command line' );
		}
		return wp_doing_cron() ? array( 'by' => 'schedule' ) : array( 'by' => 'nobody signed in' );
	}

	private static function current(): ?\WP_User {
		$user = $GLOBALS['current_user'] ?? null;
		return $user instanceof \WP_User && $user->ID > 0 ? $user : null;
	}

	/** Calls that reach the companion's routes without its signature change nothing. */
	private static function is_broker(): bool {
		$route = isset( $GLOBALS['wp'] ) ? $GLOBALS['wp']->query_vars['rest_route'] ?? '' : '';
		return is_string( $route ) && 0 === strpos( $route, '/' . Api::SPACE . '/' );
	}

	private static function may_be_named( \WP_User $user ): bool {
		$held = array_keys( array_filter( (array) $user->allcaps ) );
		return (bool) array_diff( $held, self::EVERYBODYS, (array) $user->roles ) || ( is_multisite() && is_super_admin( $user->ID ) );
	}
}
