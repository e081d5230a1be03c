<?php
namespace EmergencyAccess\Lending;

use EmergencyAccess\Signed\PostScope;

/**
 * Lists opened by a lease show that patient's posts and nothing else: rows, counts and months alike.
 *
 * A person who may list the type anyway keeps the usual list; adding
 * emergency_access=1 to its address shows the patient's posts.
 */
final class Listing {
	const PARAMETER = 'emergency_access';
	const IDS       = 'emergency_access_ids';

	/** @var Elevation */
	private $elevation;
	/** @var PatientPosts */
	private $posts;
	/** @var BarePages */
	private $pages;

	public function __construct( Elevation $elevation, PatientPosts $posts, BarePages $pages ) {
		$this->elevation = $elevation;
		$this->posts     = $posts;
		$this->pages     = $pages;
	}

	public function hook(): void {
		add_action( 'pre_get_posts', array( $this, 'confine' ), PHP_INT_MAX );
		add_filter( 'posts_where', array( $this, 'where' ), PHP_INT_MAX, 2 );
		add_filter( 'wp_count_posts', array( $this, 'count' ), PHP_INT_MAX, 2 );
		add_filter( 'months_dropdown_results', array( $this, 'months' ), PHP_INT_MAX, 2 );
		add_filter( 'get_pages', array( $this, 'tree' ), PHP_INT_MAX );
		add_action( 'load-edit.php', array( $this, 'offer_no_new_post' ) );
		add_action( 'load-edit.php', array( $this, 'offer_patient_view' ) );
	}

	public function confine( \WP_Query $query ): void {
		$asked = (array) ( $query->get( 'post_type' ) ? $query->get( 'post_type' ) : 'post' );
		foreach ( $this->types() as $type ) {
			if ( in_array( $type, $asked, true ) || in_array( 'any', $asked, true ) ) {
				$status = $query->get( 'post_status' );
				$query->set( self::IDS, $this->ids( $type ) );
				$query->set( 'post_status', $status && 'any' !== $status ? $status : array_values( get_post_stati( array( 'show_in_admin_all_list' => true ) ) ) );
				$query->set( 'perm', '' );
				$query->set( 'suppress_filters', false );
				$query->set( 'ignore_sticky_posts', true );
				if ( $this->wants_patient() ) {
					// WordPress preselects one's own posts for people who may not edit others'.
					$query->set( 'author', '' );
				}
			}
		}
	}

	public function where( string $where, \WP_Query $query ): string {
		$ids = $query->get( self::IDS );
		if ( ! is_array( $ids ) ) {
			return $where;
		}
		$list = implode( ',', array_map( 'intval', array_merge( array( 0 ), $ids ) ) );
		return " AND {$GLOBALS['wpdb']->posts}.ID IN ($list) AND ( 1=1 $where )";
	}

	public function count( object $counts, string $type ): object {
		if ( ! in_array( $type, $this->types(), true ) ) {
			return $counts;
		}
		$own = array_fill_keys( array_keys( get_object_vars( $counts ) ), 0 );
		foreach ( $this->ids( $type ) as $id ) {
			$status         = (string) get_post_status( $id );
			$own[ $status ] = ( $own[ $status ] ?? 0 ) + 1;
		}
		return (object) $own;
	}

	/**
	 * @param array<mixed> $months
	 * @return array<mixed>
	 */
	public function months( array $months, string $type ): array {
		return in_array( $type, $this->types(), true ) ? array() : $months;
	}

	/**
	 * @param array<mixed> $pages
	 * @return array<mixed>
	 */
	public function tree( array $pages ): array {
		$types = $this->types();
		return array_values(
			array_filter(
				$pages,
				function ( $page ) use ( $types ): bool {
					return ! in_array( $page->post_type, $types, true ) || in_array( (int) $page->ID, $this->ids( $page->post_type ), true );
				}
			)
		);
	}

	/** Only now, with the page let in: WordPress closes a list whose menu has no second entry. */
	public function offer_no_new_post(): void {
		foreach ( $this->types() as $type ) {
			$suffix = 'post' === $type ? '' : '?post_type=' . $type;
			remove_submenu_page( 'edit.php' . $suffix, 'post-new.php' . $suffix );
			get_post_type_object( $type )->cap->create_posts = 'do_not_allow';
		}
	}

	/** A link to the patient's posts above the usual list of those who keep it. */
	public function offer_patient_view(): void {
		foreach ( array_diff( $this->opened_types(), $this->types() ) as $type ) {
			add_filter(
				"views_edit-{$type}",
				function ( array $views ) use ( $type ): array {
					$address = add_query_arg( array( 'post_type' => $type, self::PARAMETER => 1 ), admin_url( 'edit.php' ) );
					return $views + array( self::PARAMETER => '<a href="' . esc_url( $address ) . '">Emergency access</a>' );
				}
			);
		}
	}

	/** @return string[] */
	private function opened_types(): array {
		$types = array();
		foreach ( $this->scopes() as $scope ) {
			$types[ $scope->post_type ] = $scope->post_type;
		}
		return array_values( array_filter( $types, 'post_type_exists' ) );
	}

	/** @return string[] Post types whose lists are confined in this request. */
	private function types(): array {
		$types = array();
		foreach ( $this->opened_types() as $type ) {
			if ( $this->pages->lists( $type ) && ( $this->wants_patient() || ! $this->may_list( $type ) ) ) {
				$types[] = $type;
			}
		}
		return $types;
	}

	/** @return int[] */
	private function ids( string $type ): array {
		return $this->posts->ids(
			array_filter(
				$this->scopes(),
				static function ( PostScope $scope ) use ( $type ): bool {
					return $scope->post_type === $type;
				}
			)
		);
	}

	/** @return PostScope[] */
	private function scopes(): array {
		$scopes = array();
		foreach ( $this->elevation->leases( $this->elevation->user_id() ) as $lease ) {
			if ( $lease->scope->posts ) {
				$scopes[] = $lease->scope->posts;
			}
		}
		return $scopes;
	}

	private function wants_patient(): bool {
		return isset( $_GET[ self::PARAMETER ] ); // phpcs:ignore WordPress.Security.NonceVerification
	}

	private function may_list( string $type ): bool {
		$user = get_userdata( $this->elevation->user_id() );
		return $user && ! empty( $user->allcaps[ get_post_type_object( $type )->cap->edit_posts ] );
	}
}
