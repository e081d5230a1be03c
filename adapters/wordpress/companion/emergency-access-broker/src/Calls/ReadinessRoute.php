<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Containing\Frozen;

/** Whether accounts could be used in an emergency, asked while there is none. */
final class ReadinessRoute implements Route {
	/** @var Frozen */
	private $frozen;

	public function __construct( Frozen $frozen ) {
		$this->frozen = $frozen;
	}

	public function answer( Question $question, int $now ): array {
		$accounts = array();
		foreach ( $question->accounts as $account ) {
			$accounts[] = array( 'account' => $account, 'problems' => $this->problems( $account ) );
		}
		return array( 'accounts' => $accounts );
	}

	/** @return string[] */
	private function problems( string $account ): array {
		$user = get_user_by( 'login', $account );
		if ( ! $user || $user->user_login !== $account ) {
			return array( 'unknown_account' );
		}
		$problems = array(
			'frozen'       => $this->frozen->is( $account ),
			'inactive'     => is_multisite() && ( ! empty( $user->spam ) || ! empty( $user->deleted ) ),
			'not_a_member' => is_multisite() && ! is_user_member_of_blog( $user->ID ) && ! is_super_admin( $user->ID ),
		);
		return array_keys( array_filter( $problems ) );
	}
}
