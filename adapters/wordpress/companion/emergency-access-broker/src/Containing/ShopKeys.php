<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Keeping\StorageFailed;

/** WooCommerce's API keys, where there is a WooCommerce. */
final class ShopKeys {
	/** @var \wpdb */
	private $db;
	/** @var string */
	private $table;

	public function __construct( \wpdb $db ) {
		$this->db    = $db;
		$this->table = $db->prefix . 'woocommerce_api_keys';
	}

	/** @return int[] Ids of the accounts that own any. */
	public function owners(): array {
		return array_keys( $this->counts() );
	}

	/** @return array<int,int> How many each account owns, by its id. */
	public function counts(): array {
		if ( ! $this->exist() ) {
			return array();
		}
		$rows = $this->db->get_results( "SELECT user_id, COUNT(*) AS owned FROM {$this->table} GROUP BY user_id", 'ARRAY_A' );
		return array_map( 'intval', array_column( (array) $rows, 'owned', 'user_id' ) );
	}

	/** @param int[] $owners */
	public function delete( array $owners ): void {
		foreach ( $owners && $this->exist() ? array_chunk( $owners, 500 ) : array() as $ids ) {
			if ( false === $this->db->query( "DELETE FROM {$this->table} WHERE user_id IN (" . implode( ',', array_map( 'intval', $ids ) ) . ')' ) ) {
				throw new StorageFailed( 'shop keys cannot be deleted' );
			}
		}
	}

	/** They stay in the database, and can be switched on again, where WooCommerce is off. */
	private function exist(): bool {
		return $this->table === $this->db->get_var( $this->db->prepare( 'SHOW TABLES LIKE %s', $this->db->esc_like( $this->table ) ) );
	}
}
