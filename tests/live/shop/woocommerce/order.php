<?php
/** Orders, refunds and items: a post with its properties in one field. */

abstract class WC_Stub_Record {
	/** @var int */
	protected $id = 0;
	/** @var array<string,mixed> */
	protected $data = array();

	public function get_id(): int {
		return $this->id;
	}

	/** @param array<string,mixed> $props */
	public function set_props( array $props ): void {
		$this->data = $props + $this->data;
	}

	/** get_anything() and set_anything( value ). */
	public function __call( string $name, array $arguments ) {
		list( $verb, $what ) = explode( '_', $name, 2 );
		if ( 'set' === $verb ) {
			$this->data[ $what ] = $arguments[0];
			return null;
		}
		return $this->data[ $what ] ?? '';
	}
}

final class WC_Order_Item_Product extends WC_Stub_Record {
}

class WC_Stub_Stored extends WC_Stub_Record {
	const TYPE = 'shop_order';

	public function __construct( int $id = 0 ) {
		$this->id   = $id;
		$this->data = $id ? (array) get_post_meta( $id, '_stub', true ) : array( 'status' => 'pending' );
		if ( $id ) {
			$this->data['customer_id'] = (int) get_post_meta( $id, '_customer_user', true );
			$this->data['status']      = preg_replace( '/^wc-/', '', get_post_status( $id ) );
		}
	}

	public function get_type(): string {
		return static::TYPE;
	}

	public function get_parent_id(): int {
		return (int) ( $this->data['parent_id'] ?? 0 );
	}

	public function get_date_created(): DateTimeImmutable {
		return get_post_datetime( $this->id );
	}

	public function save(): int {
		$post     = array(
			'ID'          => $this->id,
			'post_type'   => static::TYPE,
			'post_status' => 'wc-' . $this->data['status'],
			'post_parent' => $this->get_parent_id(),
		);
		$this->id = $this->id ? wp_update_post( $post ) : wp_insert_post( $post );
		update_post_meta( $this->id, '_stub', $this->data );
		update_post_meta( $this->id, '_customer_user', (int) ( $this->data['customer_id'] ?? 0 ) );
		return $this->id;
	}

	public function delete( bool $for_good = false ): void {
		$for_good ? wp_delete_post( $this->id, true ) : wp_trash_post( $this->id );
	}
}

final class WC_Order_Refund extends WC_Stub_Stored {
	const TYPE = 'shop_order_refund';
}

final class WC_Order extends WC_Stub_Stored {
	public function add_item( WC_Order_Item_Product $item ): void {
		$this->data['items'][] = $item;
	}

	public function get_items(): array {
		return $this->data['items'] ?? array();
	}

	public function get_user_id(): int {
		return $this->get_customer_id();
	}

	public function get_customer_id(): int {
		return (int) ( $this->data['customer_id'] ?? 0 );
	}

	public function get_order_number(): string {
		return (string) $this->id;
	}

	public function get_order_key( string $context = 'view' ): string {
		$key = $this->data['order_key'] ?? '';
		return 'view' === $context ? apply_filters( 'woocommerce_order_get_order_key', $key, $this ) : $key;
	}

	public function get_formatted_billing_address(): string {
		return esc_html( $this->get_billing_first_name() . ' ' . $this->get_billing_last_name() );
	}

	/** @return WC_Order_Refund[] */
	public function get_refunds(): array {
		$ids = get_posts( array( 'post_type' => 'shop_order_refund', 'post_parent' => $this->id, 'post_status' => 'any', 'fields' => 'ids' ) );
		return array_map( 'wc_get_order', $ids );
	}

	public function add_order_note( string $note, $to_customer = 0, bool $by_user = false ): int {
		$data = apply_filters(
			'woocommerce_new_order_note_data',
			array(
				'comment_post_ID'  => $this->id,
				'comment_author'   => 'WooCommerce',
				'comment_content'  => $note,
				'comment_type'     => 'order_note',
				'comment_approved' => 1,
			),
			array( 'order_id' => $this->id, 'is_customer_note' => $to_customer )
		);
		$id   = wp_insert_comment( $data );
		if ( $to_customer ) {
			add_comment_meta( $id, 'is_customer_note', 1 );
		}
		do_action( 'woocommerce_order_note_added', $id, $this );
		return (int) $id;
	}
}
