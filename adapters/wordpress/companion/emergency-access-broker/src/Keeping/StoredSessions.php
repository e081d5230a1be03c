<?php
namespace EmergencyAccess\Keeping;

/** WordPress ends a session only by its secret token; this ends it by the stored hash, so no token is kept. */
final class StoredSessions extends \WP_User_Meta_Session_Tokens {
	/** False where another plugin keeps sessions elsewhere. */
	public static function are_used(): bool {
		return 'WP_User_Meta_Session_Tokens' === get_class( \WP_Session_Tokens::get_instance( 0 ) );
	}

	public function __construct( int $user_id ) {
		parent::__construct( $user_id );
	}

	/** @param string[] $hashes */
	public function end( array $hashes ): void {
		foreach ( $hashes as $hash ) {
			$this->update_session( $hash, null );
		}
	}
}
