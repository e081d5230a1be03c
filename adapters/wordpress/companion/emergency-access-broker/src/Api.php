<?php
namespace EmergencyAccess;

/** The broker's four routes. Each call is a signed POST; nobody else is answered. */
final class Api {
	const SPACE   = 'emergency-access/v1';
	const HEADER  = 'x_emergency_access_call';
	const LARGEST = 4194304;
	const BATCH   = 500;

	/** @var Pairing|null */
	private $pairing;
	/** @var SeenCalls */
	private $seen;
	/** @var Answers|null */
	private $answers;
	/** @var \WP_REST_Request|null */
	private $checked;
	/** @var true|\WP_Error */
	private $verdict;
	/** @var string */
	private $nonce = '';

	public function __construct( ?Pairing $pairing, SeenCalls $seen, ?Answers $answers ) {
		$this->pairing = $pairing;
		$this->seen    = $seen;
		$this->answers = $answers;
	}

	public function hook(): void {
		add_action( 'rest_api_init', array( $this, 'register' ) );
		// Sites that lock REST to logged-in users would lock the broker out; its calls are signed instead.
		add_filter( 'rest_authentication_errors', array( $this, 'vouch' ), PHP_INT_MAX );
		add_filter( 'rest_post_dispatch', array( $this, 'never_stored' ), PHP_INT_MAX, 3 );
	}

	public function register(): void {
		foreach ( array( 'apply', 'revoke', 'observe', 'health' ) as $verb ) {
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
			$call = $this->call( $request );
			$this->seen->take( $call, time() );
		} catch ( Refusal $refusal ) {
			return $this->refuse( $refusal->getMessage(), 'replayed' === $refusal->getMessage() ? 409 : 401 );
		} catch ( StorageFailed $failure ) {
			return $this->refuse( 'storage_failed', 500 );
		}
		$this->nonce = $call->nonce;
		// Whatever else came with the request, it acts for the broker and for no user.
		wp_set_current_user( 0 );
		return true;
	}

	/** @return \WP_REST_Response|\WP_Error */
	public function answer( \WP_REST_Request $request ) {
		try {
			$answer = $this->answers->to( $this->verb( $request ), $this->documents( $request ), time() );
		} catch ( Refusal $refusal ) {
			return $this->refuse( $refusal->getMessage(), 400 );
		} catch ( StorageFailed $failure ) {
			return $this->refuse( 'storage_failed', 500 );
		}
		$answer['call']      = $this->nonce;
		$answer['site_time'] = time();
		$answer['mark']      = 0;
		return new \WP_REST_Response( $answer );
	}

	private function call( \WP_REST_Request $request ): Call {
		$gives = 'apply' === $this->verb( $request );
		return Call::verify( (string) $request->get_header( self::HEADER ), $this->pairing, $request->get_route(), $request->get_body(), time(), $gives );
	}

	private function verb( \WP_REST_Request $request ): string {
		return basename( $request->get_route() );
	}

	/**
	 * @return string[]
	 * @throws Refusal bad_body.
	 */
	private function documents( \WP_REST_Request $request ): array {
		$body      = json_decode( $request->get_body(), true, 4 );
		$documents = is_array( $body ) ? ( $body['documents'] ?? null ) : null;
		if ( ! is_array( $documents ) || count( $documents ) > self::BATCH || array_filter( $documents, 'is_string' ) !== $documents ) {
			throw new Refusal( 'bad_body' );
		}
		return array_values( $documents );
	}

	private function refuse( string $reason, int $status ): \WP_Error {
		return new \WP_Error( $reason, 'The emergency access companion refuses the call.', array( 'status' => $status, 'site_time' => time() ) );
	}
}
