<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Keeping\StandingRule;
use EmergencyAccess\Keeping\StorageFailed;
use EmergencyAccess\Signed\Protection;

/** What the standing rule keeps from super administrators, in WordPress's own names. */
final class ProtectedPosts {
	const SHOP = array( 'shop_order', 'shop_order_refund', 'shop_order_placehold' );

	/** Asked with a post's id. */
	const ABOUT_ONE = array( 'edit_post', 'read_post', 'delete_post', 'edit_page', 'read_page', 'delete_page', 'publish_post' );

	/** @var StandingRule */
	private $standing;
	/** @var Protection|false|null Read at the first super administrator's first question; false where nothing is stopped. */
	private $rule;

	public function __construct( StandingRule $standing ) {
		$this->standing = $standing;
	}

	/** @return string[] Post types. */
	public function types(): array {
		$rule = $this->rule();
		return array_merge( $rule ? $rule->post_types : array(), $this->has_orders() ? self::SHOP : array() );
	}

	/** @return string[] Those that lists leave out too; a shop's orders are not always posts, and WooCommerce asks before it lists them. */
	public function hidden_types(): array {
		$rule = $this->rule();
		return $rule ? $rule->post_types : array();
	}

	/** Whether the rule keeps a shop's orders. */
	public function has_orders(): bool {
		$rule = $this->rule();
		return $rule && $rule->orders;
	}

	/** Whether the capability, asked about this object or about none, opens something protected. */
	public function includes( string $capability, ?\WP_Post $post ): bool {
		if ( in_array( $capability, $this->names(), true ) ) {
			return true;
		}
		if ( ! $post || ! in_array( $post->post_type, $this->types(), true ) || ! $this->is_about_one( $capability, $post->post_type ) ) {
			return false;
		}
		// Everybody may read what is published.
		return ! ( 0 === strpos( $capability, 'read_' ) && in_array( get_post_status( $post ), self::public_statuses(), true ) );
	}

	/** @return string[] */
	public static function public_statuses(): array {
		return array_values( get_post_stati( array( 'public' => true ) ) );
	}

	/** @return Protection|false */
	private function rule() {
		if ( null === $this->rule ) {
			try {
				$rule = $this->standing->current();
			} catch ( StorageFailed $failure ) {
				$rule = null;
			}
			$this->rule = $rule && $rule->stops_super_admins ? $rule : false;
		}
		return $this->rule;
	}

	private function is_about_one( string $capability, string $type ): bool {
		$own = get_post_type_object( $type );
		return in_array( $capability, self::ABOUT_ONE, true )
			|| ( $own && in_array( $capability, array( $own->cap->edit_post, $own->cap->read_post, $own->cap->delete_post ), true ) );
	}

	/** @return string[] What opens all posts of a protected type and none of another type; and what reads past every capability. */
	private function names(): array {
		if ( ! $this->types() ) {
			return array();
		}
		$own    = array();
		$others = array( 'read' );
		foreach ( get_post_types( array(), 'objects' ) as $type ) {
			$names = array_values( array_filter( get_object_vars( $type->cap ), 'is_string' ) );
			if ( in_array( $type->name, $this->types(), true ) ) {
				$own = array_merge( $own, $names );
			} else {
				$others = array_merge( $others, $names );
			}
		}
		$beside = array( 'export', 'export_others_personal_data' );
		if ( $this->has_orders() ) {
			$beside[] = 'view_woocommerce_reports';
		}
		return array_merge( array_diff( $own, $others ), $beside );
	}
}
