<?php
namespace EmergencyAccess\Orders;

/** Notes added to an order under a lease: internal ones, in the holder's name. */
final class OrderNotes {
	const LONGEST = 5000;

	public static function add( \WC_Order $order, string $note, \WP_User $user ): bool {
		$sign = static function ( array $stored ) use ( $user ): array {
			return self::signed( $stored, $user );
		};
		add_filter( 'woocommerce_new_order_note_data', $sign, PHP_INT_MAX );
		$added = $order->add_order_note( mb_substr( $note, 0, self::LONGEST ) );
		remove_filter( 'woocommerce_new_order_note_data', $sign, PHP_INT_MAX );
		return $added > 0;
	}

	/**
	 * WooCommerce would name itself as the author: only who may edit orders counts as one there.
	 *
	 * @param array<string,mixed> $note As WooCommerce stores it.
	 * @return array<string,mixed>
	 */
	public static function signed( array $note, \WP_User $user ): array {
		$note['comment_author']       = $user->display_name;
		$note['comment_author_email'] = $user->user_email;
		$note['user_id']              = $user->ID;
		return $note;
	}
}
