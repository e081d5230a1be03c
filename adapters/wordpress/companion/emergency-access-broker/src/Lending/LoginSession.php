<?php
namespace EmergencyAccess\Lending;

/**
 * The login session this very request was made with.
 *
 * Emergency access belongs to a person who logged in. Application passwords, API
 * keys and XML-RPC act for the same account and must not inherit it, so what
 * counts is a login cookie that WordPress validated in this request.
 */
final class LoginSession {
	/** @var int */
	private $user_id = 0;
	/** @var string */
	private $login = '';
	/** @var string */
	private $session = '';
	/** @var bool */
	private $by_other_means = false;

	public function hook(): void {
		add_action( 'auth_cookie_valid', array( $this, 'remember' ), 10, 2 );
		add_action( 'application_password_did_authenticate', array( $this, 'distrust' ) );
	}

	/** @param array<string,string> $cookie */
	public function remember( array $cookie, \WP_User $user ): void {
		$this->user_id = (int) $user->ID;
		$this->login   = $user->user_login;
		$this->session = hash( 'sha256', $cookie['token'] );
	}

	public function distrust(): void {
		$this->by_other_means = true;
	}

	/** Whether $user_id is the current user, by a login cookie. */
	public function is_of( int $user_id ): bool {
		// The global is read directly: asking for the current user may still be going on.
		$current = $GLOBALS['current_user'] ?? null;
		return 0 !== $this->user_id && $this->user_id === $user_id && ! $this->by_other_means
			&& $current instanceof \WP_User && (int) $current->ID === $user_id
			&& ! ( defined( 'XMLRPC_REQUEST' ) && XMLRPC_REQUEST );
	}

	public function user_id(): int {
		return $this->user_id;
	}

	public function login(): string {
		return $this->login;
	}

	/** The hash under which WordPress stores the session. */
	public function session(): string {
		return $this->session;
	}
}
