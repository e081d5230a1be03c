<?php
/** order.php SITE_FOLDER LOGIN|- WORD: an order with an item, a note and a refund that all carry WORD; prints ids as JSON. */

require $argv[1] . '/wp-load.php';
list( , , $login, $word ) = $argv;

$user  = '-' === $login ? null : get_user_by( 'login', $login );
$order = wc_create_order( array( 'customer_id' => $user ? $user->ID : 0 ) );
$item  = new WC_Order_Item_Product();
$item->set_props( array( 'name' => "item $word", 'quantity' => 2, 'subtotal' => 20, 'total' => 20 ) );
$order->add_item( $item );
$order->set_billing_first_name( "first $word" );
$order->set_billing_last_name( "last $word" );
$order->set_billing_email( "$word@demo.example" );
$order->set_billing_phone( '0100' );
$order->set_customer_note( "wish $word" );
$order->set_currency( 'EUR' );
$order->set_total( 20 );
$order->set_status( 'processing' );
$order->save();

$note   = $order->add_order_note( "note $word" );
$refund = wc_create_refund( array( 'order_id' => $order->get_id(), 'amount' => 5, 'reason' => "refund $word" ) );
if ( is_wp_error( $refund ) ) {
	fwrite( STDERR, $refund->get_error_message() );
	exit( 1 );
}
echo wp_json_encode(
	array(
		'order'    => $order->get_id(),
		'customer' => $user ? $user->ID : 0,
		'note'     => (int) $note,
		'refund'   => $refund->get_id(),
		'key'      => $order->get_order_key( 'edit' ),
	)
);
