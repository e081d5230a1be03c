<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Lending\BarePages;
use EmergencyAccess\Lending\Elevation;
use EmergencyAccess\Lending\PatientPosts;
use EmergencyAccess\Signed\Lease;

/**
 * What the holder of a lease does with it on this site.
 *
 * Whatever leans on a lease is seen where the lease answers; who holds a standing right to the same
 * post leans on nothing, so the editor, REST and the site's own pages are watched beside it.
 */
final class AccessRecorder {
	const LENT       = 'emergency_access_lent';
	const LENT_RIGHT = 'emergency_access_lent_right';
	const REFUSED    = 'emergency_access_refused';

	/** Written whenever somebody looks, and says nothing of what was done. */
	const QUIET_META = array( '_edit_lock' );

	/** Everybody has these. */
	const OWN_PAGES = array( 'index.php', 'profile.php', 'wp-login.php' );

	/** @var Elevation */
	private $elevation;
	/** @var PatientPosts */
	private $posts;
	/** @var BarePages */
	private $pages;
	/** @var array<string,array<int,int>> Posts shown in lists, by type. */
	private $listed = array();
	/** @var array<string,string> Where the list is, by type. */
	private $where = array();
	/** @var array<string,Lease> Leases whose rights were lent in this request. */
	private $lent = array();
	/** @var array<string,true> Grants under which something was told of this request. */
	private $told = array();
	/** @var RequestName */
	private $name;

	public function __construct( Elevation $elevation, PatientPosts $posts, BarePages $pages ) {
		$this->elevation = $elevation;
		$this->posts     = $posts;
		$this->pages     = $pages;
		$this->name      = new RequestName( $pages );
	}

	public function hook(): void {
		add_action( self::LENT, array( $this, 'lent' ) );
		add_action( self::LENT_RIGHT, array( $this, 'lent_right' ), 10, 2 );
		add_action( self::REFUSED, array( $this, 'refused' ) );
		add_action( EventKeeper::LOST, array( $this->elevation, 'close' ) );
		add_filter( 'replace_editor', array( $this, 'edited' ), PHP_INT_MAX, 2 );
		add_action( 'rest_api_init', array( $this, 'watch_rest' ) );
		add_action( 'wp', array( $this, 'shown' ) );
		add_action( 'load-edit.php', array( $this, 'list_opened' ) );
		foreach ( array( 'save_post', 'wp_trash_post', 'before_delete_post' ) as $name ) {
			add_action( $name, array( $this, 'changed' ) );
		}
		foreach ( array( 'added_post_meta', 'updated_post_meta', 'deleted_post_meta' ) as $name ) {
			add_action( $name, array( $this, 'meta_changed' ), 10, 3 );
		}
		add_action( 'shutdown', array( $this, 'tell_page' ), PHP_INT_MIN );
	}

	public function lent( \WP_Post $post ): void {
		$listing = $this->pages->lists( $post->post_type ) || in_array( RequestName::page(), array( 'index.php', 'edit.php' ), true );
		if ( $listing ) {
			$this->list_has( $post->post_type, $post->ID );
		} else {
			$this->opened( $post );
		}
	}

	/** Rights that name no post. A page in wp-admin asks for many of them, if only to draw its menu: it is told as one. */
	public function lent_right( Lease $lease, string $capability ): void {
		if ( ! in_array( $capability, $lease->scope->primitives, true ) ) {
			return;
		}
		$this->lent[ $lease->grant ] = $lease;
		if ( ! self::only_looks() || '' === RequestName::page() || wp_doing_ajax() ) {
			$this->tell( 'used', $lease, 'capability ' . $capability );
		}
	}

	/** Another patient's post, of a type a lease opens; or more with this patient's than the lease says. */
	public function refused( \WP_Post $post ): void {
		if ( self::only_looks() && $this->holders( $post ) ) {
			// Pages ask whether to offer a button for it.
			return;
		}
		foreach ( $this->leases() as $lease ) {
			if ( $lease->scope->posts && $lease->scope->posts->post_type === $post->post_type ) {
				$this->tell( 'denied', $lease, $post->post_type . ' ' . $post->ID );
				return;
			}
		}
	}

	/**
	 * @param mixed $replace
	 * @return mixed
	 */
	public function edited( $replace, \WP_Post $post ) {
		$this->opened( $post );
		return $replace;
	}

	public function watch_rest(): void {
		$types = array();
		foreach ( $this->leases() as $lease ) {
			$types += $lease->scope->posts ? array( $lease->scope->posts->post_type => 1 ) : array();
			$types += $lease->scope->primitives ? get_post_types( array( 'show_in_rest' => true ) ) : array();
		}
		foreach ( array_keys( $types ) as $type ) {
			add_filter( "rest_prepare_$type", array( $this, 'prepared' ), PHP_INT_MAX, 2 );
		}
	}

	/**
	 * @param mixed $response
	 * @return mixed
	 */
	public function prepared( $response, \WP_Post $post ) {
		$route = $this->pages->current() ? $this->pages->current()->get_route() : '';
		if ( rest_get_route_for_post_type_items( $post->post_type ) !== $route ) {
			$this->opened( $post );
		} elseif ( $this->holders( $post ) + $this->lent ) {
			$this->list_has( $post->post_type, $post->ID );
		}
		return $response;
	}

	/** On the site's own pages. */
	public function shown(): void {
		$post = is_singular() ? get_queried_object() : null;
		if ( $post instanceof \WP_Post ) {
			$this->opened( $post );
		}
	}

	public function list_opened(): void {
		$type = $_GET['post_type'] ?? 'post'; // phpcs:ignore WordPress.Security.NonceVerification
		if ( is_string( $type ) && post_type_exists( $type ) ) {
			$this->list_has( $type );
		}
	}

	/** @param mixed $id */
	public function changed( $id ): void {
		$post = get_post( (int) $id );
		$post = $post && 'revision' === $post->post_type ? get_post( $post->post_parent ) : $post;
		foreach ( $post && $this->leases() ? $this->holders( $post ) + $this->lent : array() as $lease ) {
			$this->tell( 'changed', $lease, $post->post_type . ' ' . $post->ID );
		}
	}

	/**
	 * @param mixed $meta_id
	 * @param mixed $post_id
	 * @param mixed $key
	 */
	public function meta_changed( $meta_id, $post_id, $key ): void {
		if ( ! in_array( $key, self::QUIET_META, true ) ) {
			$this->changed( $post_id );
		}
	}

	/** Once a page: a list asks about each of its rows. */
	public function tell_page(): void {
		foreach ( $this->listed as $type => $ids ) {
			foreach ( $this->leases() as $lease ) {
				if ( isset( $this->lent[ $lease->grant ] ) || ( $lease->scope->posts && $lease->scope->posts->post_type === $type ) ) {
					$this->tell( 'listed', $lease, $type, array( 'count' => count( $ids ), 'route' => $this->where[ $type ] ) );
				}
			}
		}
		$this->listed = array();
		foreach ( in_array( RequestName::page(), self::OWN_PAGES, true ) ? array() : array_diff_key( $this->lent, $this->told ) as $lease ) {
			$this->tell( 'used', $lease, 'page ' . $this->name->template() );
		}
	}

	private function list_has( string $type, int $id = 0 ): void {
		$this->where[ $type ]  = $this->where[ $type ] ?? $this->name->template();
		$this->listed[ $type ] = ( $this->listed[ $type ] ?? array() ) + array_filter( array( $id => $id ) );
	}

	private static function only_looks(): bool {
		return in_array( $_SERVER['REQUEST_METHOD'] ?? 'GET', array( 'GET', 'HEAD' ), true );
	}

	private function opened( \WP_Post $post ): void {
		foreach ( $this->holders( $post ) + $this->lent as $lease ) {
			$this->tell( 'opened', $lease, $post->post_type . ' ' . $post->ID );
		}
	}

	/** @return array<string,Lease> The leases that open this post, by their grants. */
	private function holders( \WP_Post $post ): array {
		$holders = array();
		foreach ( $this->leases() as $lease ) {
			if ( $lease->scope->posts && $this->posts->holds( $lease->scope->posts, $post ) ) {
				$holders[ $lease->grant ] = $lease;
			}
		}
		return $holders;
	}

	/** @return Lease[] */
	private function leases(): array {
		return $this->elevation->leases( $this->elevation->user_id() );
	}

	/** @param array<string,int|string> $facts */
	private function tell( string $kind, Lease $lease, string $object, array $facts = array() ): void {
		$this->told[ $lease->grant ] = true;
		Occurrence::tell( $kind, $lease->grant, $lease->account, $facts + array( 'object' => $object, 'route' => $this->name->template() ) );
	}
}
