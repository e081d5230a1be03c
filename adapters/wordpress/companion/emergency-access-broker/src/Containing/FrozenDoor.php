<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Keeping\StorageFailed;

/** Keeps frozen accounts out: sign-in, cookies that were given before, application passwords, API keys, XML-RPC. */
final class FrozenDoor {
	const CODE = 'emergency_access_frozen';

	/** @var Frozen */
	private $frozen;

	public function __construct( Frozen $frozen ) {
		$this->frozen = $frozen;
	}

	public function hook(): void {
		// Last, so that nothing lets in again whom this keeps out.
		add_filter( 'authenticate', array( $this, 'refuse_sign_in' ), PHP_INT_MAX, 2 );
		add_action( 'wp_authenticate_application_password_errors', array( $this, 'refuse_application_password' ), PHP_INT_MAX, 2 );
		add_filter( 'determine_current_user', array( $this, 'refuse_request' ), PHP_INT_MAX );
		add_filter( 'allow_password_reset', array( $this, 'refuse_reset' ), PHP_INT_MAX, 2 );
	}

	/**
	 * Whatever password was typed: the answer must not tell a thief that it was the right one.
	 *
	 * @param mixed $user
	 * @param mixed $name
	 * @return mixed
	 */
	public function refuse_sign_in( $user, $name ) {
		$meant = $user instanceof \WP_User ? $user : $this->named( is_string( $name ) ? $name : '' );
		return $meant && $this->keeps_out( (int) $meant->ID ) ? $this->refusal() : $user;
	}

	public function refuse_application_password( \WP_Error $error, \WP_User $user ): void {
		if ( $this->keeps_out( (int) $user->ID ) ) {
			$error->add( self::CODE, $this->refusal()->get_error_message() );
		}
	}

	/**
	 * @param mixed $user_id
	 * @return mixed
	 */
	public function refuse_request( $user_id ) {
		return is_numeric( $user_id ) && $this->keeps_out( (int) $user_id ) ? 0 : $user_id;
	}

	/**
	 * @param mixed $allowed
	 * @param mixed $user_id
	 * @return mixed
	 */
	public function refuse_reset( $allowed, $user_id ) {
		return is_numeric( $user_id ) && $this->keeps_out( (int) $user_id ) ? $this->refusal() : $allowed;
	}

	private function keeps_out( int $user_id ): bool {
		$user = $user_id > 0 ? get_userdata( $user_id ) : false;
		try {
			return $user && $this->frozen->is( $user->user_login );
		} catch ( StorageFailed $failure ) {
			// Somebody is frozen, and it cannot be read who.
			return true;
		}
	}

	/** @return \WP_User|false */
	private function named( string $name ) {
		if ( '' === $name ) {
			return false;
		}
		$user = get_user_by( 'login', $name );
		return $user ? $user : get_user_by( 'email', $name );
	}

	private function refusal(): \WP_Error {
		return new \WP_Error(
			self::CODE,
			'This account is frozen for now by your emergency access team. Ask them before you try again.',
			array( 'status' => 401 )
		);
	}
}
