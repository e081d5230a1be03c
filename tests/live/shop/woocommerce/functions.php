<?php
/** WooCommerce's functions that the companion and the tests call. */

function wc_get_order_statuses(): array {
	return array( 'wc-pending' => 'Pending payment', 'wc-processing' => 'Processing', 'wc-completed' => 'Completed' );
}

function wc_get_order_status_name( string $status ): string {
	return wc_get_order_statuses()[ 'wc-' . $status ] ?? $status;
}

/** @return WC_Order|WC_Order_Refund|false */
function wc_get_order( $id ) {
	$classes = array( 'shop_order' => 'WC_Order', 'shop_order_refund' => 'WC_Order_Refund' );
	$class   = $classes[ get_post_type( (int) $id ) ] ?? '';
	return $class ? new $class( (int) $id ) : false;
}

/** @return int[] Ids only. */
function wc_get_orders( array $query ): array {
	return get_posts(
		array(
			'post_type'      => $query['type'],
			'post_status'    => $query['status'],
			'posts_per_page' => $query['limit'],
			'meta_query'     => array( array( 'key' => '_customer_user', 'value' => $query['customer_id'], 'type' => 'NUMERIC' ) ),
			'fields'         => 'ids',
		)
	);
}

function wc_create_order( array $props ): WC_Order {
	$order = new WC_Order();
	$order->set_props( $props + array( 'order_key' => 'wc_order_' . wp_generate_password( 13, false ) ) );
	$order->save();
	return $order;
}

function wc_create_refund( array $props ): WC_Order_Refund {
	$refund = new WC_Order_Refund();
	$refund->set_props( array( 'status' => 'completed', 'parent_id' => $props['order_id'] ) + $props );
	$refund->save();
	return $refund;
}

/** @return object[] Newest first. */
function wc_get_order_notes( array $query ): array {
	return array_map(
		static function ( WP_Comment $note ) {
			return (object) array(
				'id'            => (int) $note->comment_ID,
				'date_created'  => new DateTimeImmutable( $note->comment_date_gmt . ' UTC' ),
				'content'       => $note->comment_content,
				'customer_note' => (bool) get_comment_meta( $note->comment_ID, 'is_customer_note', true ),
				'added_by'      => 'WooCommerce' === $note->comment_author ? 'system' : $note->comment_author,
			);
		},
		get_comments( array( 'post_id' => $query['order_id'], 'type' => 'order_note' ) )
	);
}

function wc_price( float $amount, array $how ): string {
	return number_format( $amount, 2 ) . ' ' . esc_html( $how['currency'] );
}

function wc_api_hash( string $text ): string {
	return hash_hmac( 'sha256', $text, 'wc-api' );
}

/** The question before every REST answer about orders: may this person? */
function wc_rest_check_post_permissions( string $type, string $context = 'read', int $id = 0 ): bool {
	$rights = array( 'read' => 'read_private_posts', 'create' => 'publish_posts', 'edit' => 'edit_post', 'delete' => 'delete_post', 'batch' => 'edit_others_posts' );
	$right  = get_post_type_object( $type )->cap->{$rights[ $context ]};
	return (bool) apply_filters( 'woocommerce_rest_check_permissions', current_user_can( $right, $id ), $context, $id, $type );
}
