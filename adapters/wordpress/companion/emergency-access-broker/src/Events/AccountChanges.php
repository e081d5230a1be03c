<?php
namespace EmergencyAccess\Events;

/** Accounts made and deleted, and what lets somebody into them. */
final class AccountChanges {
	/** @var Seen */
	private $seen;
	/** @var array<int,true> */
	private $told = array();

	public function __construct( Seen $seen ) {
		$this->seen = $seen;
	}

	/** @param mixed $user_id */
	public function created( $user_id ): void {
		$user = get_userdata( (int) $user_id );
		$this->tell( 'user_created', (int) $user_id, array( 'roles' => $user ? implode( ',', $user->roles ) : '' ) );
	}

	/**
	 * @param mixed $user_id
	 * @param mixed $heir
	 */
	public function deleted( $user_id, $heir = null, ?\WP_User $user = null ): void {
		$this->tell( 'user_deleted', (int) $user_id, array(), $user );
	}

	/** @param mixed $user_id */
	public function updated( $user_id, \WP_User $before ): void {
		$user = get_userdata( (int) $user_id );
		if ( $user && $user->user_pass !== $before->user_pass ) {
			$this->password( (int) $user_id );
		}
		if ( $user && $user->user_email !== $before->user_email ) {
			$this->tell( 'email_changed', (int) $user_id );
			$this->settle( (int) $user_id, PowerfulAccounts::EMAIL );
		}
	}

	public function password_reset( \WP_User $user ): void {
		$this->password( (int) $user->ID );
	}

	/**
	 * A sign-in may store the same password anew, hashed in a better way.
	 *
	 * @param mixed $password
	 * @param mixed $user_id
	 * @param mixed $before
	 */
	public function password_set( $password, $user_id, $before = null ): void {
		if ( $before instanceof \WP_User && wp_check_password( $password, $before->user_pass ) ) {
			$this->settle( (int) $user_id, PowerfulAccounts::PASSWORD );
			return;
		}
		$this->password( (int) $user_id );
	}

	/**
	 * @param mixed               $user_id
	 * @param array<string,mixed> $item
	 */
	public function application_password_created( $user_id, array $item ): void {
		$this->application_password( 'application_password_created', (int) $user_id, $item );
	}

	/**
	 * @param mixed               $user_id
	 * @param array<string,mixed> $item
	 */
	public function application_password_deleted( $user_id, array $item ): void {
		$this->application_password( 'application_password_deleted', (int) $user_id, $item );
	}

	/** @param array<string,mixed> $item */
	private function application_password( string $kind, int $user_id, array $item ): void {
		$this->tell( $kind, $user_id, array( 'uuid' => (string) ( $item['uuid'] ?? '' ) ) );
		$this->settle( $user_id, PowerfulAccounts::APPLICATIONS );
	}

	/** Several hooks tell of one change. */
	private function password( int $user_id ): void {
		if ( ! isset( $this->told[ $user_id ] ) ) {
			$this->told[ $user_id ] = true;
			$this->tell( 'password_changed', $user_id );
		}
		$this->settle( $user_id, PowerfulAccounts::PASSWORD );
	}

	private function settle( int $user_id, string $part ): void {
		( new PowerfulAccounts( $GLOBALS['wpdb'] ) )->settle( $this->seen, $user_id, $part );
	}

	/** @param array<string,string> $facts */
	private function tell( string $kind, int $user_id, array $facts = array(), ?\WP_User $user = null ): void {
		$user = $user ?? get_userdata( $user_id );
		Occurrence::tell( $kind, '', Someone::acting(), Someone::told( $user ? $user : null, $user_id ) + $facts + Someone::means( $user_id ) );
	}
}
