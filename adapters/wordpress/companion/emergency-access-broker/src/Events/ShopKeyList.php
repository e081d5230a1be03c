<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Keeping\StorageFailed;

/** WooCommerce's API keys, which it makes and deletes without telling anybody. */
final class ShopKeyList implements Watched {
	const MOST = 2000;

	/** @var \wpdb */
	private $db;

	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	public function group(): string {
		return 'key';
	}

	public function present(): ?array {
		$table = $this->db->prefix . 'woocommerce_api_keys';
		if ( $table !== $this->db->get_var( $this->db->prepare( 'SHOW TABLES LIKE %s', $this->db->esc_like( $table ) ) ) ) {
			return array();
		}
		$rows = $this->db->get_results( "SELECT key_id, user_id, permissions, consumer_secret FROM $table ORDER BY key_id LIMIT " . ( self::MOST + 1 ), 'ARRAY_A' );
		if ( null === $rows || '' !== $this->db->last_error ) {
			throw new StorageFailed( 'shop keys cannot be read' );
		}
		$present = array();
		foreach ( $rows as $row ) {
			$present[ 'key:' . $row['key_id'] ] = (int) $row['user_id'] . ' ' . $row['permissions'] . ' ' . StoredOptions::short( $row['consumer_secret'] );
		}
		return count( $rows ) > self::MOST ? null : $present;
	}

	public function meaning( string $name, ?string $was, ?string $is ): array {
		$verb                 = null === $was ? 'created' : ( null === $is ? 'deleted' : 'changed' );
		list( $owner, $may, ) = explode( ' ', $is ?? (string) $was );
		$user                 = get_userdata( (int) $owner );
		$facts                = array( 'object' => 'api key ' . explode( ':', $name )[1], 'permissions' => $may );
		$told                 = Someone::told( $user ? $user : null, (int) $owner );
		return array( array( "api_key_$verb", $facts + array( 'owner' => $told['object'] ) + array_diff_key( $told, array( 'object' => 1 ) ) ) );
	}
}
