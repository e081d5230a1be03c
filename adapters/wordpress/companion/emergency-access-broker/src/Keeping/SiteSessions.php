<?php
namespace EmergencyAccess\Keeping;

/** Login sessions as WordPress keeps them. */
final class SiteSessions implements Sessions {
	public function end_all( string $account ): void {
		$user = $this->user( $account );
		if ( $user ) {
			\WP_Session_Tokens::get_instance( $user->ID )->destroy_all();
		}
	}

	public function end_these( string $account, array $sessions ): void {
		$user = $this->user( $account );
		if ( ! $user || ! $sessions ) {
			return;
		}
		$keeper = \WP_Session_Tokens::get_instance( $user->ID );
		if ( 'WP_User_Meta_Session_Tokens' !== get_class( $keeper ) ) {
			// Sessions kept elsewhere cannot be named one by one: one login too many is the lesser harm.
			$keeper->destroy_all();
			return;
		}
		( new StoredSessions( $user->ID ) )->end( $sessions );
	}

	private function user( string $account ): ?\WP_User {
		$user = '' === $account ? false : get_user_by( 'login', $account );
		return $user ? $user : null;
	}
}
