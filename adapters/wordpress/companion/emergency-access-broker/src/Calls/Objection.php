<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Signed\Lease;

/** What this site has against a lease that is signed and sound. */
final class Objection {
	/** @return string The reason, '' for none. */
	public static function to( Lease $lease ): string {
		$user = get_user_by( 'login', $lease->account );
		if ( ! $user || $user->user_login !== $lease->account ) {
			return 'unknown_account';
		}
		if ( $lease->scope->posts && ! post_type_exists( $lease->scope->posts->post_type ) ) {
			return 'unknown_post_type';
		}
		return $lease->scope->orders && ! function_exists( 'wc_get_orders' ) ? 'no_shop' : '';
	}
}
