<?php
namespace EmergencyAccess\Containing;

use EmergencyAccess\Keeping\StorageFailed;
use EmergencyAccess\Keeping\StoredSessions;

/** The accounts worth watching, and what lets each of them in; read from the tables, past any cache. */
final class Accounts {
	const MOST = 1000;

	/** @var \wpdb */
	private $db;
	/** @var Frozen */
	private $frozen;
	/** @var StandingRights */
	private $rights;

	public function __construct( \wpdb $db, Frozen $frozen ) {
		$this->db     = $db;
		$this->frozen = $frozen;
		$this->rights = new StandingRights( $db );
	}

	/**
	 * Who holds a lease, who is frozen, and who has rights no lease may give.
	 *
	 * @param string[] $holders Logins.
	 * @return array{accounts:array<int,array<string,mixed>>,accounts_left_off:int}
	 */
	public function that_matter( array $holders, int $now ): array {
		$named = $this->ids( array_merge( $holders, $this->frozen->accounts(), $this->network_admins() ) );
		$all   = array_values( array_unique( array_merge( $named, $this->rights->holders() ) ) );
		$told  = array_slice( $all, 0, self::MOST );
		return array( 'accounts' => $this->describe( $told, $now ), 'accounts_left_off' => count( $all ) - count( $told ) );
	}

	/**
	 * @param int[] $ids
	 * @return array<int,array<string,mixed>>
	 */
	private function describe( array $ids, int $now ): array {
		$keys     = ( new ShopKeys( $this->db ) )->counts();
		$accounts = array();
		foreach ( array_chunk( $ids, 500 ) as $some ) {
			$fields = $this->fields( $some );
			foreach ( $this->rows( "SELECT ID, user_login FROM {$this->db->users} WHERE ID IN (" . implode( ',', $some ) . ')' ) as $row ) {
				$id         = (int) $row['ID'];
				$own        = $fields[ $id ] ?? array();
				$accounts[] = array(
					'account'               => self::plain( $row['user_login'], '#' . $id ),
					'roles'                 => $this->roles( $row['user_login'], $own[ $this->rights->field() ] ?? array() ),
					'sessions'              => $this->sessions( $id, $own['session_tokens'] ?? array(), $now ),
					'application_passwords' => count( $own['_application_passwords'] ?? array() ),
					'api_keys'              => $keys[ $id ] ?? 0,
					'frozen'                => $this->frozen->is( $row['user_login'] ),
				);
			}
		}
		return $accounts;
	}

	/**
	 * @param array<mixed> $capabilities
	 * @return string[] Roles and single capabilities, as WordPress keeps both in one place.
	 */
	private function roles( string $login, array $capabilities ): array {
		$roles = array();
		foreach ( array_slice( array_keys( array_filter( $capabilities ) ), 0, 50 ) as $role ) {
			$roles[] = self::plain( (string) $role, '?' );
		}
		return in_array( $login, $this->network_admins(), true ) ? array_merge( array( 'super_admin' ), $roles ) : $roles;
	}

	/** @param array<mixed> $stored */
	private function sessions( int $id, array $stored, int $now ): int {
		if ( ! StoredSessions::are_used() ) {
			return count( \WP_Session_Tokens::get_instance( $id )->get_all() );
		}
		$live = static function ( $session ) use ( $now ): bool {
			$ends = is_array( $session ) ? ( $session['expiration'] ?? 0 ) : $session;
			return (int) $ends > $now;
		};
		return count( array_filter( $stored, $live ) );
	}

	/** @return string[] */
	private function network_admins(): array {
		return is_multisite() ? array_map( 'strval', get_super_admins() ) : array();
	}

	/**
	 * @param int[] $ids
	 * @return array<int,array<string,array<mixed>>> Unpacked fields by account and name.
	 */
	private function fields( array $ids ): array {
		$names  = array( 'session_tokens', '_application_passwords', $this->rights->field() );
		$sql    = "SELECT user_id, meta_key, meta_value FROM {$this->db->usermeta} WHERE user_id IN (" . implode( ',', $ids ) . ') AND meta_key IN (%s, %s, %s)';
		$fields = array();
		foreach ( $this->rows( $this->db->prepare( $sql, $names ) ) as $row ) {
			$fields[ (int) $row['user_id'] ][ $row['meta_key'] ] = StandingRights::unpack( $row['meta_value'] );
		}
		return $fields;
	}

	/**
	 * @param string[] $logins
	 * @return int[]
	 */
	private function ids( array $logins ): array {
		$ids = array();
		foreach ( array_chunk( array_values( array_unique( $logins ) ), 500 ) as $some ) {
			$sql = "SELECT ID, user_login FROM {$this->db->users} WHERE user_login IN (" . implode( ',', array_fill( 0, count( $some ), '%s' ) ) . ')';
			$ids = array_merge( $ids, array_map( 'intval', array_column( $this->rows( $this->db->prepare( $sql, $some ) ), 'ID' ) ) );
		}
		return $ids;
	}

	/** @return array<int,array<string,string>> */
	private function rows( string $sql ): array {
		$found = $this->db->get_results( $sql, 'ARRAY_A' );
		if ( ! is_array( $found ) || '' !== $this->db->last_error ) {
			throw new StorageFailed( 'the accounts cannot be read' );
		}
		return $found;
	}

	/** A name the answer can carry: an odd one must not make the whole of it unreadable. */
	private static function plain( string $name, string $otherwise ): string {
		return preg_match( '/\A[\x20-\x7e\p{L}\p{N}]{1,60}\z/u', $name ) ? $name : $otherwise;
	}
}
