<?php
namespace EmergencyAccess\Orders;

/** The holder's page in wp-admin: the orders a lease opens, and one of them with its notes. */
final class OrderScreen {
	const SLUG  = 'emergency-access-orders';
	const NONCE = 'emergency_access_note_';

	/** @var OrderAccess */
	private $access;

	public function __construct( OrderAccess $access ) {
		$this->access = $access;
	}

	public function hook(): void {
		add_action( 'admin_menu', array( $this, 'offer' ) );
	}

	/** Who holds no such lease has no such page. */
	public function offer(): void {
		if ( $this->access->any() ) {
			$page = add_menu_page( 'Emergency access: orders', 'Emergency access', 'exist', self::SLUG, array( $this, 'show' ), 'dashicons-unlock', 3 );
			add_action( 'load-' . $page, array( $this, 'take_note' ) );
		}
	}

	/** Before anything is shown, so that reloading the page does not add the note again. */
	public function take_note(): void {
		nocache_headers();
		if ( 'POST' !== ( $_SERVER['REQUEST_METHOD'] ?? '' ) ) {
			return;
		}
		$id = $this->asked();
		check_admin_referer( self::NONCE . $id );
		$order = $this->access->enter( $id, 'notes' ) ? $this->access->order( $id ) : null;
		$note  = sanitize_textarea_field( wp_unslash( is_string( $_POST['note'] ?? null ) ? $_POST['note'] : '' ) );
		if ( ! $order ) {
			wp_die( 'Emergency access does not open notes of this order.', '', array( 'response' => 403 ) );
		}
		$added = '' !== $note && OrderNotes::add( $order, $note, wp_get_current_user() );
		wp_safe_redirect( self::address( $id ) . ( $added ? '&noted=1' : '' ) );
		exit;
	}

	public function show(): void {
		$id    = $this->asked();
		$order = $id && $this->access->enter( $id, 'read' ) ? $this->access->order( $id ) : null;
		echo '<div class="wrap">';
		if ( $id && ! $order ) {
			echo '<h1>Not open to you</h1><p>Emergency access does not open this order. <a href="' . esc_url( self::address() ) . '">The orders it opens</a></p>';
		} elseif ( $order ) {
			// phpcs:ignore WordPress.Security.NonceVerification
			echo isset( $_GET['noted'] ) ? '<div class="notice notice-success" role="status"><p>The note was added.</p></div>' : '';
			OrderSheet::show( $order, $this->access->opens( $id, 'notes' ) );
		} else {
			$orders = $this->orders();
			OrderSheet::show_list( $this->access->list( count( $orders ) ) ? $orders : array() );
		}
		echo '</div>';
	}

	public static function address( int $id = 0 ): string {
		return admin_url( 'admin.php?page=' . self::SLUG . ( $id ? '&order=' . $id : '' ) );
	}

	/** @return \WC_Order[] */
	private function orders(): array {
		$orders = array();
		foreach ( $this->access->ids() as $id ) {
			$order = $this->access->opens( $id, 'read' ) ? $this->access->order( $id ) : null;
			if ( $order ) {
				$orders[] = $order;
			}
		}
		return $orders;
	}

	private function asked(): int {
		$asked = $_GET['order'] ?? ''; // phpcs:ignore WordPress.Security.NonceVerification
		return is_string( $asked ) && preg_match( '/\A[0-9]{1,18}\z/', $asked ) ? (int) $asked : 0;
	}
}
