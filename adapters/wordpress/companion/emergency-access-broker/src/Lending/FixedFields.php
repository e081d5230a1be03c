<?php
namespace EmergencyAccess\Lending;

/**
 * What emergency access may not change about a post it opened.
 *
 * Becoming its author, publishing it or marking it with another patient would
 * reach beyond the lease, or outlive it.
 */
final class FixedFields {
	const FIELDS = array(
		'post_author', 'post_type', 'post_status', 'post_parent', 'post_password', 'post_name',
		'post_date', 'post_date_gmt', 'comment_status', 'ping_status', 'menu_order',
	);

	/** @var Elevation */
	private $elevation;
	/** @var Capabilities */
	private $capabilities;

	public function __construct( Elevation $elevation, Capabilities $capabilities ) {
		$this->elevation    = $elevation;
		$this->capabilities = $capabilities;
	}

	public function hook(): void {
		add_filter( 'wp_insert_post_data', array( $this, 'keep_fields' ), PHP_INT_MAX, 2 );
		foreach ( array( 'add', 'update', 'delete' ) as $act ) {
			add_filter( "{$act}_post_metadata", array( $this, 'keep_mark' ), PHP_INT_MAX, 3 );
		}
		foreach ( array( 'update', 'delete' ) as $act ) {
			add_filter( "{$act}_post_metadata_by_mid", array( $this, 'keep_mark_by_row' ), PHP_INT_MAX, 2 );
		}
	}

	/**
	 * @param array<string,mixed> $data
	 * @param array<string,mixed> $asked
	 * @return array<string,mixed>
	 */
	public function keep_fields( array $data, array $asked ): array {
		$post = $this->borrowed( (int) ( $asked['ID'] ?? 0 ) );
		if ( $post ) {
			foreach ( self::FIELDS as $field ) {
				$data[ $field ] = wp_slash( $post->$field );
			}
		}
		return $data;
	}

	/**
	 * @param mixed      $verdict
	 * @param int|string $post_id
	 * @return mixed
	 */
	public function keep_mark( $verdict, $post_id, string $key ) {
		return $this->marks( $key ) && $this->borrowed( (int) $post_id ) ? false : $verdict;
	}

	/**
	 * @param mixed      $verdict
	 * @param int|string $row
	 * @return mixed
	 */
	public function keep_mark_by_row( $verdict, $row ) {
		$meta = get_metadata_by_mid( 'post', (int) $row );
		return $meta ? $this->keep_mark( $verdict, $meta->post_id, $meta->meta_key ) : $verdict;
	}

	/** The post, when only a lease lets this person edit it. */
	private function borrowed( int $id ): ?\WP_Post {
		$post = $id > 0 ? get_post( $id ) : null;
		return $post && $this->capabilities->lends( $this->elevation->user_id(), 'edit', $post ) ? $post : null;
	}

	private function marks( string $key ): bool {
		foreach ( $this->elevation->leases( $this->elevation->user_id() ) as $lease ) {
			if ( $lease->scope->posts && $lease->scope->posts->meta_key === $key ) {
				return true;
			}
		}
		return false;
	}
}
