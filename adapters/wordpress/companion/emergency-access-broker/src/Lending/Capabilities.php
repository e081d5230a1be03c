<?php
namespace EmergencyAccess\Lending;

use EmergencyAccess\Containing\SuperAdmins;
use EmergencyAccess\Events\AccessRecorder;
use EmergencyAccess\Signed\Lease;
use EmergencyAccess\Signed\NeverGrant;

/**
 * Turns denials into allows, for exactly what a live lease opens; takes nothing away.
 *
 * Nothing is stored with the user: without this plugin, or without the lease,
 * there is nothing to take back.
 */
final class Capabilities {
	/** @var Elevation */
	private $elevation;
	/** @var PatientPosts */
	private $posts;
	/** @var BarePages */
	private $pages;
	/** @var bool */
	private $muted = false;

	public function __construct( Elevation $elevation, PatientPosts $posts, BarePages $pages ) {
		$this->elevation = $elevation;
		$this->posts     = $posts;
		$this->pages     = $pages;
	}

	public function hook(): void {
		// Last, so that a prohibition by any other plugin is seen and stands.
		add_filter( 'map_meta_cap', array( $this, 'allow_post' ), PHP_INT_MAX, 4 );
		add_filter( 'user_has_cap', array( $this, 'allow_primitives' ), PHP_INT_MAX, 4 );
	}

	/**
	 * @param string[]     $needed
	 * @param array<mixed> $args
	 * @return string[]
	 */
	public function allow_post( array $needed, string $capability, int $user_id, array $args ): array {
		if ( $this->muted || ! isset( $args[0] ) || ! is_scalar( $args[0] ) || ! $this->elevation->leases( $user_id ) ) {
			return $needed;
		}
		$post = $this->post( (int) $args[0] );
		$verb = $post ? $this->verb( $capability, $post ) : '';
		if ( '' === $verb || $this->stands( $needed ) || $this->holds( $user_id, $needed ) ) {
			return $needed;
		}
		if ( $this->opens( $user_id, $verb, $post ) ) {
			return array( 'exist' );
		}
		if ( ! is_multisite() || ! is_super_admin( $user_id ) || in_array( SuperAdmins::MARK, $needed, true ) ) {
			do_action( AccessRecorder::REFUSED, $post );
		}
		return $needed;
	}

	/**
	 * @param array<string,bool> $held
	 * @param string[]           $needed
	 * @param array<mixed>       $args
	 * @return array<string,bool>
	 */
	public function allow_primitives( array $held, array $needed, array $args, \WP_User $user ): array {
		$leases = $this->muted ? array() : $this->elevation->leases( (int) $user->ID );
		$lent   = array();
		foreach ( $leases as $lease ) {
			foreach ( array_intersect( $needed, $this->lent_by( $lease ) ) as $capability ) {
				if ( empty( $held[ $capability ] ) && $this->elevation->uses( $lease ) ) {
					$lent[ $capability ] = true;
					do_action( AccessRecorder::LENT_RIGHT, $lease, $capability );
				}
			}
		}
		return $lent + $held;
	}

	/** Whether this user may do $verb to the post only because of a lease. */
	public function lends( int $user_id, string $verb, \WP_Post $post ): bool {
		if ( ! $this->elevation->leases( $user_id ) || ! $this->opens( $user_id, $verb, $post ) ) {
			return false;
		}
		$this->muted = true;
		$own         = user_can( $user_id, $verb . '_post', $post->ID );
		$this->muted = false;
		return ! $own;
	}

	/**
	 * Whether leases lend every one of these without naming a post.
	 *
	 * @param string[] $needed
	 */
	public function lends_all( int $user_id, array $needed ): bool {
		$lent = array();
		foreach ( $this->muted ? array() : $this->elevation->leases( $user_id ) as $lease ) {
			$by_this = array_intersect( $needed, $this->lent_by( $lease ) );
			if ( $by_this && $this->elevation->uses( $lease ) ) {
				foreach ( $by_this as $capability ) {
					do_action( AccessRecorder::LENT_RIGHT, $lease, $capability );
				}
				$lent = array_merge( $lent, $by_this );
			}
		}
		return $needed && ! array_diff( $needed, $lent );
	}

	private function opens( int $user_id, string $verb, \WP_Post $post ): bool {
		$open = false;
		foreach ( $this->elevation->leases( $user_id ) as $lease ) {
			$scope = $lease->scope->posts;
			if ( $scope && $scope->allows( $verb ) && $this->posts->holds( $scope, $post ) && $this->elevation->uses( $lease ) ) {
				$open = true;
			}
		}
		$open && do_action( AccessRecorder::LENT, $post );
		// Where it could not be recorded, nothing is held any more.
		return $open && $this->elevation->leases( $user_id );
	}

	/** @return string[] */
	private function lent_by( Lease $lease ): array {
		return array_merge( $lease->scope->primitives, $this->pages->bare_capabilities( $lease->scope ) );
	}

	private function post( int $id ): ?\WP_Post {
		$post = $id > 0 ? get_post( $id ) : null;
		if ( $post && 'revision' === $post->post_type ) {
			$post = get_post( $post->post_parent );
		}
		return $post;
	}

	/** 'read', 'edit', or '' for anything no lease gives (deleting, publishing, ...). */
	private function verb( string $capability, \WP_Post $post ): string {
		$type = get_post_type_object( $post->post_type );
		if ( ! $type ) {
			return '';
		}
		if ( in_array( $capability, array( 'edit_post', 'edit_page', $type->cap->edit_post ), true ) ) {
			return 'edit';
		}
		return in_array( $capability, array( 'read_post', 'read_page', $type->cap->read_post ), true ) ? 'read' : '';
	}

	/**
	 * A prohibition stays one: what nobody may do, and what asks for a right no lease may give.
	 *
	 * @param string[] $needed
	 */
	private function stands( array $needed ): bool {
		return (bool) array_filter( $needed, array( NeverGrant::class, 'forbids' ) );
	}

	/** @param string[] $needed */
	private function holds( int $user_id, array $needed ): bool {
		$user = get_userdata( $user_id );
		return $user && ! array_filter(
			$needed,
			static function ( string $capability ) use ( $user ): bool {
				return empty( $user->allcaps[ $capability ] );
			}
		);
	}
}
