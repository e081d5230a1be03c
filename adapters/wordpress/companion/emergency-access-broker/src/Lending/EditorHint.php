<?php
namespace EmergencyAccess\Lending;

/**
 * Lets the block editor offer "Update" for a post that is published or private already.
 *
 * Without the hint it offers "Submit for review", a dead end here. It is a hint
 * only: publishing itself asks for a capability no lease of this kind gives.
 */
final class EditorHint {
	/** @var Elevation */
	private $elevation;
	/** @var Capabilities */
	private $capabilities;

	public function __construct( Elevation $elevation, Capabilities $capabilities ) {
		$this->elevation    = $elevation;
		$this->capabilities = $capabilities;
	}

	public function hook(): void {
		add_action( 'rest_api_init', array( $this, 'watch' ) );
	}

	public function watch(): void {
		foreach ( $this->elevation->leases( $this->elevation->user_id() ) as $lease ) {
			if ( $lease->scope->posts ) {
				add_filter( 'rest_prepare_' . $lease->scope->posts->post_type, array( $this, 'hint' ), 10, 2 );
			}
		}
	}

	public function hint( \WP_REST_Response $response, \WP_Post $post ): \WP_REST_Response {
		$out = in_array( $post->post_status, array( 'publish', 'private' ), true );
		if ( $out && $this->capabilities->lends( $this->elevation->user_id(), 'edit', $post ) ) {
			$response->add_link( 'https://api.w.org/action-publish', rest_url( rest_get_route_for_post( $post ) ) );
		}
		return $response;
	}
}
