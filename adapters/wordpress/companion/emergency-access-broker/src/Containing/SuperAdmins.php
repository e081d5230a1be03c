<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Lending\Capabilities;
use EmergencyAccess\Lending\Elevation;
use EmergencyAccess\Lending\PatientPosts;

/**
 * Keeps a network's super administrators from what the standing rule names, unless a lease of theirs opens it.
 *
 * WordPress lets them do anything but what nobody may do. So what is protected
 * is marked before the leases are asked, and whatever mark they leave becomes
 * "nobody may".
 */
final class SuperAdmins {
	const MARK = 'emergency_access_lease';

	/** @var ProtectedPosts */
	private $protected;
	/** @var Elevation */
	private $elevation;
	/** @var Capabilities */
	private $capabilities;
	/** @var PatientPosts */
	private $posts;

	public function __construct( ProtectedPosts $protected, Elevation $elevation, Capabilities $capabilities, PatientPosts $posts ) {
		$this->protected    = $protected;
		$this->elevation    = $elevation;
		$this->capabilities = $capabilities;
		$this->posts        = $posts;
	}

	/** Around whatever $enforce hooks: filters of equal priority run in the order in which they were added. */
	public function hook_around( callable $enforce ): void {
		add_filter( 'map_meta_cap', array( $this, 'mark' ), PHP_INT_MAX, 4 );
		$enforce();
		add_filter( 'map_meta_cap', array( $this, 'stop' ), PHP_INT_MAX, 3 );
		add_action( 'pre_get_posts', array( $this, 'see_every_query' ), PHP_INT_MAX );
		add_filter( 'posts_where', array( $this, 'hide' ), PHP_INT_MAX );
		add_filter( 'get_pages', array( $this, 'hide_pages' ), PHP_INT_MAX );
		add_filter( 'rest_request_before_callbacks', array( $this, 'close_rankings' ), PHP_INT_MAX, 3 );
	}

	/**
	 * @param string[]     $needed
	 * @param array<mixed> $args
	 * @return string[]
	 */
	public function mark( array $needed, string $capability, int $user_id, array $args ): array {
		if ( ! self::concerns( $user_id ) || ! $this->protected->includes( $capability, self::post( $args[0] ?? 0 ) ) ) {
			return $needed;
		}
		return array_merge( $needed, array( self::MARK ) );
	}

	/**
	 * @param string[] $needed
	 * @return string[]
	 */
	public function stop( array $needed, string $capability, int $user_id ): array {
		if ( ! in_array( self::MARK, $needed, true ) ) {
			return $needed;
		}
		$rest = array_diff( $needed, array( self::MARK ) );
		return $this->capabilities->lends_all( $user_id, $rest ) ? $rest : array( 'do_not_allow' );
	}

	public function see_every_query( \WP_Query $query ): void {
		if ( self::concerns( get_current_user_id() ) ) {
			$query->set( 'suppress_filters', false );
		}
	}

	/** Lists leave out what may not be opened one by one. */
	public function hide( string $where ): string {
		if ( ! self::concerns( get_current_user_id() ) || ! $this->protected->hidden_types() ) {
			return $where;
		}
		$posts  = $GLOBALS['wpdb']->posts;
		$types  = self::quoted( $this->protected->hidden_types() );
		$public = self::quoted( ProtectedPosts::public_statuses() );
		$opened = implode( ',', array_merge( array( 0 ), $this->opened() ) );
		return " AND NOT ( $posts.post_type IN ($types) AND $posts.post_status NOT IN ($public) AND $posts.ID NOT IN ($opened) ) AND ( 1=1 $where )";
	}

	/**
	 * @param array<mixed> $pages
	 * @return array<mixed>
	 */
	public function hide_pages( array $pages ): array {
		if ( ! self::concerns( get_current_user_id() ) ) {
			return $pages;
		}
		$seen = function ( $page ): bool {
			return ! in_array( $page->post_type, $this->protected->hidden_types(), true )
				|| in_array( $page->post_status, ProtectedPosts::public_statuses(), true ) || in_array( (int) $page->ID, $this->opened(), true );
		};
		return array_values( array_filter( $pages, $seen ) );
	}

	/**
	 * The shop's best customers by name: made of orders, and given to whoever may change its settings.
	 *
	 * @param mixed $response
	 * @param mixed $handler
	 * @return mixed
	 */
	public function close_rankings( $response, $handler, \WP_REST_Request $request ) {
		$asks = 0 === strpos( $request->get_route(), '/wc-analytics/leaderboards' );
		if ( $asks && self::concerns( get_current_user_id() ) && $this->protected->has_orders() ) {
			return new \WP_Error( 'emergency_access_protected', 'Sorry, you are not allowed to do that.', array( 'status' => 403 ) );
		}
		return $response;
	}

	private static function concerns( int $user_id ): bool {
		return $user_id > 0 && is_super_admin( $user_id );
	}

	/** @return int[] */
	private function opened(): array {
		$scopes = array();
		foreach ( $this->elevation->leases( get_current_user_id() ) as $lease ) {
			if ( $lease->scope->posts ) {
				$scopes[] = $lease->scope->posts;
			}
		}
		return $this->posts->ids( $scopes );
	}

	/** @param mixed $id */
	private static function post( $id ): ?\WP_Post {
		$post = is_scalar( $id ) && (int) $id > 0 ? get_post( (int) $id ) : ( $id instanceof \WP_Post ? $id : null );
		return $post && 'revision' === $post->post_type ? get_post( $post->post_parent ) : $post;
	}

	/** @param string[] $names */
	private static function quoted( array $names ): string {
		return "'" . implode( "','", array_map( 'esc_sql', $names ) ) . "'";
	}
}
