<?php
namespace EmergencyAccess\Orders;

/** Orders as the holder reads them; nothing here changes an order but the form for a note. */
final class OrderSheet {
	/** @param \WC_Order[] $orders */
	public static function show_list( array $orders ): void {
		echo '<h1>Orders opened by emergency access</h1>';
		if ( ! $orders ) {
			echo '<p>There are no orders. If you expected some, the patient may not be known to this shop under the reference the broker uses.</p>';
			return;
		}
		$rows = array();
		foreach ( $orders as $order ) {
			$link   = '<a href="' . esc_url( OrderScreen::address( $order->get_id() ) ) . '">' . esc_html( '#' . $order->get_order_number() ) . '</a>';
			$rows[] = array( $link, self::when( $order->get_date_created() ), self::status( $order ), self::total( $order ) );
		}
		self::table( array( 'Order', 'Placed', 'Status', 'Total' ), $rows );
	}

	public static function show( \WC_Order $order, bool $may_note ): void {
		echo '<p><a href="' . esc_url( OrderScreen::address() ) . '">All orders opened by emergency access</a></p>';
		echo '<h1>' . esc_html( 'Order #' . $order->get_order_number() ) . '</h1>';
		echo '<p>Placed ' . self::when( $order->get_date_created() ) . '. ' . self::status( $order ) . '.</p>';
		self::section( 'Items', array( 'Item', 'Quantity', 'Total' ), self::items( $order ) );
		self::addresses( $order );
		self::section( 'Refunds', array( 'Date', 'Amount', 'Reason' ), self::refunds( $order ) );
		self::section( 'Notes', array( 'Date', 'By', 'Note' ), self::notes( $order ) );
		if ( $may_note ) {
			self::form( $order->get_id() );
		}
	}

	/** @return string[][] */
	private static function items( \WC_Order $order ): array {
		$rows = array();
		foreach ( $order->get_items() as $item ) {
			$rows[] = array( esc_html( $item->get_name() ), (string) (int) $item->get_quantity(), self::money( $item->get_total(), $order ) );
		}
		$rows[] = array( 'Total', '', self::total( $order ) );
		return $rows;
	}

	/** @return string[][] */
	private static function refunds( \WC_Order $order ): array {
		$rows = array();
		foreach ( $order->get_refunds() as $refund ) {
			$rows[] = array( self::when( $refund->get_date_created() ), self::money( $refund->get_amount(), $order ), esc_html( $refund->get_reason() ) );
		}
		return $rows;
	}

	/** @return string[][] */
	private static function notes( \WC_Order $order ): array {
		$rows = array();
		foreach ( wc_get_order_notes( array( 'order_id' => $order->get_id() ) ) as $note ) {
			$by     = 'system' === $note->added_by ? 'The shop' : $note->added_by;
			$rows[] = array( self::when( $note->date_created ), esc_html( $by ), nl2br( esc_html( wp_strip_all_tags( $note->content ) ) ) );
		}
		return $rows;
	}

	private static function addresses( \WC_Order $order ): void {
		$parts = array(
			'Billing address'  => wp_kses_post( $order->get_formatted_billing_address() ),
			'Phone'            => esc_html( $order->get_billing_phone() ),
			'Email'            => esc_html( $order->get_billing_email() ),
			'Shipping address' => wp_kses_post( $order->get_formatted_shipping_address() ),
			'Customer\'s note' => nl2br( esc_html( $order->get_customer_note() ) ),
		);
		$rows  = array();
		foreach ( array_filter( $parts ) as $name => $text ) {
			$rows[] = array( esc_html( $name ), $text );
		}
		self::section( 'Customer', array( '', '' ), $rows );
	}

	private static function form( int $id ): void {
		echo '<h2><label for="emergency-access-note">Add a note</label></h2><form method="post" action="' . esc_url( OrderScreen::address( $id ) ) . '">';
		wp_nonce_field( OrderScreen::NONCE . $id );
		echo '<p id="emergency-access-note-help">Staff of the shop see it with your name. The customer is not told.</p>'
			. '<textarea id="emergency-access-note" name="note" rows="4" class="large-text" required aria-describedby="emergency-access-note-help" maxlength="' . (int) OrderNotes::LONGEST . '"></textarea>'
			. '<p><button class="button button-primary">Add the note</button></p></form>';
	}

	/**
	 * @param string[]   $heads
	 * @param string[][] $rows Cells that are escaped already.
	 */
	private static function section( string $title, array $heads, array $rows ): void {
		if ( $rows ) {
			echo '<h2>' . esc_html( $title ) . '</h2>';
			self::table( $heads, $rows );
		}
	}

	/**
	 * @param string[]   $heads
	 * @param string[][] $rows Cells that are escaped already.
	 */
	private static function table( array $heads, array $rows ): void {
		echo '<table class="widefat striped">';
		if ( array_filter( $heads ) ) {
			echo '<thead><tr><th scope="col">' . implode( '</th><th scope="col">', array_map( 'esc_html', $heads ) ) . '</th></tr></thead>';
		}
		echo '<tbody>';
		foreach ( $rows as $row ) {
			$head = array_filter( $heads ) ? '' : '<th scope="row">' . array_shift( $row ) . '</th>';
			echo '<tr>' . $head . '<td>' . implode( '</td><td>', $row ) . '</td></tr>'; // phpcs:ignore WordPress.Security.EscapeOutput
		}
		echo '</tbody></table>';
	}

	/** @param mixed $when */
	private static function when( $when ): string {
		return $when ? esc_html( (string) wp_date( 'Y-m-d H:i', $when->getTimestamp() ) ) : '';
	}

	private static function status( \WC_Order $order ): string {
		return esc_html( wc_get_order_status_name( $order->get_status() ) );
	}

	private static function total( \WC_Order $order ): string {
		return self::money( $order->get_total(), $order );
	}

	/** @param mixed $amount */
	private static function money( $amount, \WC_Order $order ): string {
		return wp_kses_post( wc_price( (float) $amount, array( 'currency' => $order->get_currency() ) ) );
	}
}
