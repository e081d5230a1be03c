<?php
namespace EmergencyAccess\Lending;

use EmergencyAccess\Signed\NeverGrant;
use EmergencyAccess\Signed\PostScope;
use EmergencyAccess\Signed\Scope;

/**
 * Pages that ask "may you edit posts at all?" before they ask about a post.
 *
 * That question carries no post, so answering it with yes everywhere would leak
 * other patients. It is answered with yes on these few pages only, and Listing
 * confines what they list.
 */
final class BarePages {
	/** @var PatientPosts */
	private $posts;
	/** @var array<int,\WP_REST_Request> REST requests under way, outermost first. */
	private $requests = array();

	public function __construct( PatientPosts $posts ) {
		$this->posts = $posts;
	}

	public function hook(): void {
		// Before the parameters are read: that already asks for capabilities.
		add_filter( 'rest_pre_dispatch', array( $this, 'enter' ), PHP_INT_MIN, 3 );
		add_filter( 'rest_request_after_callbacks', array( $this, 'leave' ), PHP_INT_MAX, 3 );
	}

	/**
	 * @param mixed $result
	 * @param mixed $server
	 * @return mixed
	 */
	public function enter( $result, $server, \WP_REST_Request $request ) {
		$this->requests[] = $request;
		return $result;
	}

	/**
	 * @param mixed $response
	 * @param mixed $handler
	 * @return mixed
	 */
	public function leave( $response, $handler, \WP_REST_Request $request ) {
		$at = array_search( $request, $this->requests, true );
		if ( false !== $at ) {
			$this->requests = array_slice( $this->requests, 0, (int) $at );
		}
		return $response;
	}

	/** The innermost REST request under way. */
	public function current(): ?\WP_REST_Request {
		return $this->requests ? end( $this->requests ) : null;
	}

	/** Whether this request lists posts of $type beyond what everybody may see. */
	public function lists( string $type ): bool {
		return $this->is_admin_list( $type ) || $this->any_request( array( self::class, 'is_rest_list' ), $type );
	}

	/** @return string[] What the lease lends on this page without naming a post. */
	public function bare_capabilities( Scope $lease ): array {
		$scope = $lease->posts;
		$type  = $scope ? get_post_type_object( $scope->post_type ) : null;
		if ( ! $type ) {
			return array();
		}
		$bare = array();
		if ( $this->lists( $type->name ) || $this->any_request( array( self::class, 'is_rest_type' ), $type->name ) ) {
			$bare[] = $type->cap->edit_posts;
		}
		if ( $this->saves_within( $scope ) ) {
			$bare[] = $type->cap->edit_others_posts;
		}
		return array_filter(
			$bare,
			static function ( string $capability ): bool {
				return ! NeverGrant::forbids( $capability );
			}
		);
	}

	private function is_admin_list( string $type ): bool {
		$asked = $_GET['post_type'] ?? 'post'; // phpcs:ignore WordPress.Security.NonceVerification
		return is_admin() && 'edit.php' === ( $GLOBALS['pagenow'] ?? '' ) && $asked === $type;
	}

	private static function is_rest_list( \WP_REST_Request $request, string $type ): bool {
		$beyond = 'edit' === $request->get_param( 'context' ) || ! in_array( $request->get_param( 'status' ), array( null, 'publish' ), true );
		return $beyond && $request->get_route() === rest_get_route_for_post_type_items( $type );
	}

	/** The editor reads the description of the post's type before it shows the post. */
	private static function is_rest_type( \WP_REST_Request $request, string $type ): bool {
		return '/wp/v2/types/' . $type === $request->get_route();
	}

	/** @param callable(\WP_REST_Request,string):bool $test */
	private function any_request( callable $test, string $type ): bool {
		foreach ( $this->requests as $request ) {
			if ( 'GET' === $request->get_method() && $test( $request, $type ) ) {
				return true;
			}
		}
		return false;
	}

	/** The form that saves one post insists on "others' posts" when somebody else is its author. */
	private function saves_within( PostScope $scope ): bool {
		// phpcs:disable WordPress.Security.NonceVerification -- only looks; WordPress itself checks the nonce.
		$page   = $GLOBALS['pagenow'] ?? '';
		$action = $_POST['action'] ?? '';
		$saving = ( 'post.php' === $page && 'editpost' === $action ) || ( 'admin-ajax.php' === $page && 'inline-save' === $action );
		$id     = $_POST['post_ID'] ?? 0;
		// phpcs:enable
		$post = is_admin() && $saving && is_scalar( $id ) && (int) $id > 0 ? get_post( (int) $id ) : null;
		return $post && $scope->allows( 'edit' ) && $this->posts->holds( $scope, $post );
	}
}
