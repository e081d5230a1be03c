<?php
/**
 * What the tests share: a database small enough to carry, and a signer.
 */

use EmergencyAccess\Signed\Jws;
use EmergencyAccess\Signed\Pairing;
use EmergencyAccess\Keeping\Sessions;

/** The part of WordPress's database class the companion uses, over SQLite in memory. */
class wpdb {
	public $prefix     = 'wp_';
	public $last_error = '';
	private $pdo;

	public function __construct() {
		$this->pdo = new PDO( 'sqlite::memory:' );
		$this->pdo->setAttribute( PDO::ATTR_ERRMODE, PDO::ERRMODE_EXCEPTION );
		foreach ( EmergencyAccess\Keeping\Schema::statements( 'wp_emergency_access_' ) as $statement ) {
			$this->pdo->exec( preg_replace( '/,\s*KEY \w+ \([^)]*\)/', '', $statement ) );
		}
	}

	public function prepare( string $sql, ...$values ): string {
		$values = is_array( $values[0] ) ? $values[0] : $values;
		return preg_replace_callback(
			'/%[sd]/',
			function ( array $match ) use ( &$values ): string {
				$value = array_shift( $values );
				return '%d' === $match[0] ? (string) (int) $value : $this->pdo->quote( (string) $value );
			},
			$sql
		);
	}

	public function query( string $sql ) {
		$this->last_error = '';
		try {
			return $this->pdo->exec( $sql );
		} catch ( PDOException $error ) {
			$this->last_error = $error->getMessage();
			return false;
		}
	}

	public function insert( string $table, array $values ) {
		$sql = "INSERT INTO $table (" . implode( ',', array_keys( $values ) ) . ') VALUES (' . implode( ',', array_fill( 0, count( $values ), '%s' ) ) . ')';
		return $this->query( $this->prepare( $sql, array_values( $values ) ) );
	}

	public function get_results( string $sql, string $shape ): ?array {
		$this->last_error = '';
		try {
			// SQLite has one writer at a time and no word for it.
			return $this->pdo->query( str_replace( 'LOCK IN SHARE MODE', '', $sql ) )->fetchAll( PDO::FETCH_ASSOC );
		} catch ( PDOException $error ) {
			$this->last_error = $error->getMessage();
			return null;
		}
	}

	public function get_col( string $sql ): array {
		return $this->pdo->query( $sql )->fetchAll( PDO::FETCH_COLUMN );
	}

	public function get_var( string $sql ) {
		return $this->get_col( $sql )[0] ?? null;
	}

	public function suppress_errors( bool $quiet ): bool {
		return $quiet;
	}
}

/** WordPress's hooks, as far as the companion's parts talk to each other by them. */
function add_action( string $name, callable $act ): void {
	$GLOBALS['hooked'][ $name ][] = $act;
}

function do_action( string $name, ...$arguments ): void {
	foreach ( $GLOBALS['hooked'][ $name ] ?? array() as $act ) {
		$act( ...$arguments );
	}
}

/** Remembers whose sessions were ended. */
final class RememberedSessions implements Sessions {
	public $ended = array();

	public function end_all( string $account ): void {
		$this->ended[] = "$account: all";
	}

	public function end_these( string $account, array $sessions ): void {
		$this->ended[] = "$account: " . implode( ' ', $sessions );
	}
}

/** A broker's key, made for one test. */
final class TestBroker {
	private $secret;
	private $x;
	public $pairing;
	private $kid;

	public function __construct() {
		$pair          = sodium_crypto_sign_keypair();
		$this->secret  = sodium_crypto_sign_secretkey( $pair );
		$this->x       = Jws::encode( sodium_crypto_sign_publickey( $pair ) );
		$key           = array( 'kty' => 'OKP', 'crv' => 'Ed25519', 'x' => $this->x );
		$document      = array( 'v' => 1, 'site' => 'clinic', 'issuer' => 'broker.example', 'keys' => array( $key ) );
		$this->pairing = Pairing::from_text( Jws::encode( json_encode( $document ) ) );
		$this->kid     = array_keys( $this->pairing->keys() )[0];
	}

	public function lease( string $grant, array $changed = array() ): string {
		return $this->sign(
			'lease+jwt',
			$changed + array(
				'grant' => $grant, 'sub' => 'nurse', 'entitlement' => 'notes', 'nbf' => 1000, 'exp' => 2000, 'iat' => 1000, 'ver' => 1,
				'scope' => scope_of( 'P-1', 'read' ),
			)
		);
	}

	public function revocation( string $grant, int $version = 2 ): string {
		return $this->sign( 'revocation+jwt', array( 'grant' => $grant, 'ver' => $version, 'iat' => 1500, 'keep' => 9000 ) );
	}

	public function containment( string $account, array $actions, int $version, array $changed = array() ): string {
		return $this->sign(
			'containment+jwt',
			$changed + array( 'order' => "order-$version", 'account' => $account, 'spare' => array(), 'actions' => $actions, 'ver' => $version, 'iat' => 1500 )
		);
	}

	public function protection( int $version, array $changed = array() ): string {
		return $this->sign(
			'protection+jwt',
			$changed + array( 'super_admins' => 'stopped', 'post_types' => array( 'note' ), 'orders' => false, 'ver' => $version, 'iat' => 1500 )
		);
	}

	/** A pairing line with both keys, as during a rotation. */
	public function beside( self $other ): self {
		$both          = clone $this;
		$keys          = array( array( 'kty' => 'OKP', 'crv' => 'Ed25519', 'x' => $this->x ), array( 'kty' => 'OKP', 'crv' => 'Ed25519', 'x' => $other->x ) );
		$document      = array( 'v' => 1, 'site' => 'clinic', 'issuer' => 'broker.example', 'keys' => $keys );
		$both->pairing = Pairing::from_text( Jws::encode( json_encode( $document ) ) );
		return $both;
	}

	private function sign( string $type, array $claims ): string {
		$claims += array( 'iss' => 'broker.example', 'aud' => 'clinic' );
		$text    = Jws::encode( json_encode( array( 'alg' => 'Ed25519', 'kid' => $this->kid, 'typ' => $type ) ) ) . '.' . Jws::encode( json_encode( $claims ) );
		return $text . '.' . Jws::encode( sodium_crypto_sign_detached( $text, $this->secret ) );
	}
}

function scope_of( string $patient, string $verb ): array {
	return array(
		'patient' => $patient,
		'posts'   => array( 'post_type' => 'note', 'meta_key' => '_patient', 'capabilities' => array( $verb ) ),
	);
}

function vectors( string $name ): array {
	return json_decode( file_get_contents( __DIR__ . "/../../../../tests/vectors/$name.json" ), true );
}

/** @param mixed $expected @param mixed $found */
function same( $expected, $found ): void {
	if ( $expected !== $found ) {
		throw new RuntimeException( 'expected ' . json_encode( $expected ) . ', found ' . json_encode( $found ) );
	}
}

/** 'ok', or the reason of the refusal. */
function verdict( callable $act ): string {
	try {
		$act();
	} catch ( EmergencyAccess\Signed\Refusal $refusal ) {
		return $refusal->getMessage();
	}
	return 'ok';
}
