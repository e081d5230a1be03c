<?php
namespace EmergencyAccess\Calls;

use EmergencyAccess\Keeping\StorageFailed;
use EmergencyAccess\Signed\Call;
use EmergencyAccess\Signed\Pairing;
use EmergencyAccess\Signed\Refusal;

/** The broker's routes. Each call is a signed POST; nobody else is answered. */
final class Api {
	const SPACE   = 'emergency-access/v1';
	const HEADER  = 'x_emergency_access_call';
	const LARGEST = 4194304;

	/** @var Pairing|null */
	private $pairing;
	/** @var SeenCalls */
	private $seen;
	/** @var callable():Parts */
	private $parts;
	/** @var \WP_REST_Request|null */
	private $checked;
	/** @var true|\WP_Error */
	private $verdict;
	/** @var Call */
	private $call;

	/** @param callable():Parts $parts Never called where there is no pairing. */
	public function __construct( ?Pairing $pairing, SeenCalls $seen, callable $parts ) {
		$this->pairing = $pairing;
		$this->seen    = $seen;
		$this->parts   = $parts;
	}

	public function hook(): void {
		add_action( 'rest_api_init', array( $this, 'register' ) );
		// Sites that lock REST to logged-in users would lock the broker out; its calls are signed instead.
		add_filter( 'rest_authentication_errors', array( $this, 'vouch' ), PHP_INT_MAX );
		add_filter( 'rest_post_dispatch', array( $this, 'never_stored' ), PHP_INT_MAX, 3 );
	}

	public function register(): void {
		foreach ( Routes::NAMES as $verb ) {
			register_rest_route(
				self::SPACE,
				'/' . $verb,
				array(
					'methods'             => 'POST',
					'permission_callback' => array( $this, 'check' ),
					'callback'            => array( $this, 'answer' ),
				)
			);
		}
	}

	/**
	 * @param mixed $errors
	 * @return mixed
	 */
	public function vouch( $errors ) {
		$route = $GLOBALS['wp']->query_vars['rest_route'] ?? '';
		return is_string( $route ) && 0 === strpos( $route, '/' . self::SPACE . '/' ) ? true : $errors;
	}

	/** @param mixed $server */
	public function never_stored( \WP_HTTP_Response $response, $server, \WP_REST_Request $request ): \WP_HTTP_Response {
		if ( 0 === strpos( $request->get_route(), '/' . self::SPACE . '/' ) ) {
			$response->header( 'Cache-Control', 'no-store' );
		}
		return $response;
	}

	/**
	 * WordPress asks twice (again for the Allow header), but a call counts once.
	 *
	 * @return true|\WP_Error
	 */
	public function check( \WP_REST_Request $request ) {
		if ( $this->checked !== $request ) {
			$this->verdict = $this->judge( $request );
			$this->checked = $request;
		}
		return $this->verdict;
	}

	/** @return true|\WP_Error */
	private function judge( \WP_REST_Request $request ) {
		if ( ! $this->pairing ) {
			return $this->refuse( 'not_paired', 503 );
		}
		if ( strlen( $request->get_body() ) > self::LARGEST ) {
			return $this->refuse( 'too_large', 413 );
		}
		try {
			$this->call = $this->open( $request );
			$this->seen->take( $this->call, time() );
		} catch ( Refusal $refusal ) {
			return $this->refuse( $refusal->getMessage(), 'replayed' === $refusal->getMessage() ? 409 : 401 );
		} catch ( StorageFailed $failure ) {
			return $this->refuse( 'storage_failed', 500 );
		}
		// Whatever else came with the request, it acts for the broker and for no user.
		wp_set_current_user( 0 );
		return true;
	}

	/** @return \WP_REST_Response|\WP_Error */
	public function answer( \WP_REST_Request $request ) {
		try {
			$parts  = ( $this->parts )();
			$before = $parts->mark->of_database();
			$answer = Routes::find( $this->verb( $request ), $parts )->answer( Question::read( $request->get_body(), $this->call->mark ), time() );
			// Only now: what was not done was not heard of.
			$parts->mark->raise( $this->call->mark );
		} catch ( Refusal $refusal ) {
			return $this->refuse( $refusal->getMessage(), 400 );
		} catch ( StorageFailed $failure ) {
			return $this->refuse( 'storage_failed', 500 );
		}
		return new \WP_REST_Response( array( 'call' => $this->call->nonce, 'site_time' => time(), 'mark' => $before ) + $answer );
	}

	private function open( \WP_REST_Request $request ): Call {
		$gives = in_array( $this->verb( $request ), Routes::GIVE, true );
		return Call::verify( (string) $request->get_header( self::HEADER ), $this->pairing, $request->get_route(), $request->get_body(), time(), $gives );
	}

	private function verb( \WP_REST_Request $request ): string {
		return basename( $request->get_route() );
	}

	private function refuse( string $reason, int $status ): \WP_Error {
		return new \WP_Error( $reason, 'The emergency access companion refuses the call.', array( 'status' => $status, 'site_time' => time() ) );
	}
}
