<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Containing\StandingRights;
use EmergencyAccess\Keeping\StorageFailed;

/** Accounts with rights no lease may give, as the database has them: roles, password, address, application passwords. */
final class PowerfulAccounts implements Watched {
	const GROUP        = 'account';
	const ROLES        = 'roles';
	const PASSWORD     = 'password';
	const EMAIL        = 'email';
	const APPLICATIONS = 'applications';
	const MOST         = 2000;

	const MEANINGS = array(
		self::ROLES        => 'role_changed',
		self::PASSWORD     => 'password_changed',
		self::EMAIL        => 'email_changed',
		self::APPLICATIONS => 'application_password_changed',
	);

	/** @var \wpdb */
	private $db;

	public function __construct( \wpdb $db ) {
		$this->db = $db;
	}

	public function group(): string {
		return self::GROUP;
	}

	public function present(): ?array {
		$ids = $this->holders();
		if ( count( $ids ) > self::MOST ) {
			return null;
		}
		$present = array();
		foreach ( array_chunk( $ids, 500 ) as $some ) {
			$present += $this->described( $some );
		}
		return $present;
	}

	public function meaning( string $name, ?string $was, ?string $is ): array {
		$id    = (int) explode( ':', $name )[1];
		$user  = get_userdata( $id );
		$facts = Someone::told( $user ? $user : null, $id );
		$old   = AccountParts::read( (string) $was );
		$new   = AccountParts::read( (string) $is );
		if ( ! $old || ! $new ) {
			// Who came or went is one thing, not four.
			return array( array( self::MEANINGS[ self::ROLES ], $facts + array( 'powerful' => $new ? 'yes' : 'no' ) ) );
		}
		$found = array();
		foreach ( array_diff_assoc( $new, $old ) as $part => $digest ) {
			$found[] = array( self::MEANINGS[ $part ], $facts );
		}
		return $found;
	}

	/** One part of one account was told of already, and is not found again; the others still may be. */
	public function settle( Seen $seen, int $user_id, string $part ): void {
		$name = self::GROUP . ':' . $user_id;
		$was  = $seen->one( $name );
		if ( null === $seen->one( Comparison::BEGAN . self::GROUP ) || ( self::ROLES !== $part && null === $was ) ) {
			return;
		}
		$is = in_array( $user_id, $this->holders(), true ) ? $this->described( array( $user_id ) )[ $name ] ?? null : null;
		if ( null !== $was && null !== $is ) {
			$is = AccountParts::write( array( $part => AccountParts::read( $is )[ $part ] ) + AccountParts::read( $was ) );
		}
		$seen->put( $name, $is );
	}

	/** @return int[] */
	private function holders(): array {
		$network = array();
		foreach ( is_multisite() ? get_super_admins() : array() as $login ) {
			$user      = get_user_by( 'login', $login );
			$network[] = $user ? (int) $user->ID : 0;
		}
		return array_values( array_unique( array_filter( array_merge( ( new StandingRights( $this->db ) )->holders(), $network ) ) ) );
	}

	/**
	 * @param int[] $ids
	 * @return array<string,string>
	 */
	private function described( array $ids ): array {
		$list  = implode( ',', array_map( 'intval', $ids ) );
		$roles = ( new StandingRights( $this->db ) )->field();
		$sql   = "SELECT user_id, meta_key, meta_value FROM {$this->db->usermeta} WHERE user_id IN ($list) AND meta_key IN (%s, '_application_passwords')";
		$metas = array();
		foreach ( $ids ? $this->rows( $this->db->prepare( $sql, $roles ) ) : array() as $row ) {
			$metas[ $row['user_id'] ][ $row['meta_key'] ] = $row['meta_value'];
		}
		$described = array();
		foreach ( $ids ? $this->rows( "SELECT ID, user_pass, user_email FROM {$this->db->users} WHERE ID IN ($list)" ) : array() as $row ) {
			$own = $metas[ $row['ID'] ] ?? array();
			$described[ self::GROUP . ':' . $row['ID'] ] = AccountParts::of( $row, $own[ $roles ] ?? '', $own['_application_passwords'] ?? '' );
		}
		return $described;
	}

	/** @return array<int,array<string,string>> */
	private function rows( string $sql ): array {
		$found = $this->db->get_results( $sql, 'ARRAY_A' );
		if ( null === $found || '' !== $this->db->last_error ) {
			throw new StorageFailed( 'accounts cannot be read' );
		}
		return $found;
	}
}
