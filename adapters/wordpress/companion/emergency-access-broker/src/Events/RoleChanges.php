<?php
namespace EmergencyAccess\Events;

/** Roles and single capabilities of an account, by whichever way WordPress was asked to change them. */
final class RoleChanges {
	/** @var Seen */
	private $seen;
	/** @var array<string,string> */
	private $before = array();

	public function __construct( Seen $seen ) {
		$this->seen = $seen;
	}

	/** @param mixed $meta_id */
	public function before( $meta_id, int $user_id, string $key ): void {
		if ( self::is_roles( $key ) ) {
			$this->before[ "$user_id $key" ] = self::listed( get_user_meta( $user_id, $key, true ) );
		}
	}

	/**
	 * @param mixed $meta_id
	 * @param mixed $value
	 */
	public function after( $meta_id, int $user_id, string $key, $value = null ): void {
		if ( self::is_roles( $key ) ) {
			$this->tell( $user_id, $key, self::listed( $value ) );
		}
	}

	/** @param mixed $meta_ids */
	public function after_removal( $meta_ids, int $user_id, string $key ): void {
		if ( self::is_roles( $key ) ) {
			$this->tell( $user_id, $key, '' );
		}
	}

	/** @param mixed $user_id */
	public function network_granted( $user_id ): void {
		$this->tell_network( (int) $user_id, 'granted' );
	}

	/** @param mixed $user_id */
	public function network_revoked( $user_id ): void {
		$this->tell_network( (int) $user_id, 'revoked' );
	}

	/** @param mixed $roles */
	public static function listed( $roles ): string {
		$names = array_keys( array_filter( is_array( $roles ) ? $roles : array() ) );
		sort( $names );
		return implode( ',', $names );
	}

	private function tell( int $user_id, string $key, string $to ): void {
		$from = $this->before[ "$user_id $key" ] ?? '';
		unset( $this->before[ "$user_id $key" ] );
		if ( $from === $to ) {
			return;
		}
		$user = get_userdata( $user_id );
		Occurrence::tell(
			'role_changed',
			'',
			Someone::acting(),
			Someone::told( $user ? $user : null, $user_id ) + array( 'from' => $from, 'to' => $to ) + Someone::means( $user_id )
		);
		( new PowerfulAccounts( $GLOBALS['wpdb'] ) )->settle( $this->seen, $user_id, PowerfulAccounts::ROLES );
	}

	private function tell_network( int $user_id, string $what ): void {
		$user = get_userdata( $user_id );
		Occurrence::tell(
			'role_changed',
			'',
			Someone::acting(),
			Someone::told( $user ? $user : null, $user_id ) + array( 'super_admin' => $what ) + Someone::means( $user_id )
		);
		( new PowerfulAccounts( $GLOBALS['wpdb'] ) )->settle( $this->seen, $user_id, PowerfulAccounts::ROLES );
	}

	private static function is_roles( string $key ): bool {
		$prefix = $GLOBALS['wpdb']->base_prefix;
		return 'capabilities' === substr( $key, -12 ) && 0 === strpos( $key, $prefix ) && preg_match( '/^(\d+_)?capabilities$/', substr( $key, strlen( $prefix ) ) );
	}
}
