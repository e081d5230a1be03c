<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Keeping\StorageFailed;
use EmergencyAccess\Keeping\StoredSessions;
use EmergencyAccess\Signed\Containment;

/** Sessions, application passwords and shop keys as WordPress and WooCommerce keep them. */
final class SiteWaysIn implements WaysIn {
	/** @var \wpdb */
	private $db;

	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	public function knows( string $account ): bool {
		$user = get_user_by( 'login', $account );
		return $user && $user->user_login === $account;
	}

	public function end_sessions( Containment $order ): void {
		if ( ! StoredSessions::are_used() ) {
			$this->end_sessions_elsewhere( $order );
			return;
		}
		$this->forget_field( 'session_tokens', $order );
	}

	public function delete_application_passwords( Containment $order ): void {
		$this->forget_field( '_application_passwords', $order );
	}

	public function delete_api_keys( Containment $order ): void {
		$keys   = new ShopKeys( $this->db );
		$owners = Containment::EVERYONE === $order->account ? $keys->owners() : $this->named( $order->account );
		$keys->delete( $this->concerned( $owners, $order ) );
	}

	/** Straight in the table, and past whatever a cache remembers of it. */
	private function forget_field( string $field, Containment $order ): void {
		$holders = Containment::EVERYONE === $order->account ? $this->holders( $field ) : $this->named( $order->account );
		foreach ( array_chunk( $this->concerned( $holders, $order ), 500 ) as $ids ) {
			$list = implode( ',', $ids );
			if ( false === $this->db->query( $this->db->prepare( "DELETE FROM {$this->db->usermeta} WHERE meta_key = %s AND user_id IN ($list)", $field ) ) ) {
				throw new StorageFailed( 'accounts cannot be changed' );
			}
			foreach ( $ids as $id ) {
				wp_cache_delete( $id, 'user_meta' );
			}
		}
	}

	/** Where another plugin keeps the sessions, it is asked to end them. */
	private function end_sessions_elsewhere( Containment $order ): void {
		$ids = Containment::EVERYONE === $order->account ? $this->db->get_col( "SELECT ID FROM {$this->db->users}" ) : $this->named( $order->account );
		foreach ( $this->concerned( $ids, $order ) as $id ) {
			\WP_Session_Tokens::get_instance( $id )->destroy_all();
		}
	}

	/** @return string[] Ids of the accounts that have such a field. */
	private function holders( string $field ): array {
		return $this->db->get_col( $this->db->prepare( "SELECT DISTINCT user_id FROM {$this->db->usermeta} WHERE meta_key = %s", $field ) );
	}

	/** @return string[] The account's id, as the database compares logins: loosely. */
	private function named( string $account ): array {
		return $this->db->get_col( $this->db->prepare( "SELECT ID FROM {$this->db->users} WHERE user_login = %s", $account ) );
	}

	/**
	 * @param array<int|string> $ids
	 * @return int[] Those the order is about; on a network, of everyone only who belongs to this site.
	 */
	private function concerned( array $ids, Containment $order ): array {
		$concerned = array();
		foreach ( array_chunk( array_map( 'intval', $ids ), 500 ) as $some ) {
			$accounts = $this->db->get_results( "SELECT ID, user_login FROM {$this->db->users} WHERE ID IN (" . implode( ',', $some ) . ')', 'ARRAY_A' );
			foreach ( (array) $accounts as $account ) {
				if ( $order->concerns( $account['user_login'] ) ) {
					$concerned[] = (int) $account['ID'];
				}
			}
		}
		return Containment::EVERYONE === $order->account && is_multisite() ? array_values( array_intersect( $concerned, $this->members() ) ) : $concerned;
	}

	/** @return int[] */
	private function members(): array {
		$sql     = "SELECT user_id FROM {$this->db->usermeta} WHERE meta_key = %s";
		$members = array_map( 'intval', $this->db->get_col( $this->db->prepare( $sql, $this->db->get_blog_prefix() . 'capabilities' ) ) );
		$network = array_map(
			static function ( string $login ): int {
				return (int) get_user_by( 'login', $login )->ID;
			},
			array_filter( get_super_admins(), 'username_exists' )
		);
		return array_merge( $members, $network );
	}
}
