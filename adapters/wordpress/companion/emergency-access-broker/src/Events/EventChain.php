<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Keeping\StorageFailed;

/**
 * What happened on this site, each event chained to the one before it.
 *
 * An event's hash is SHA-256 over the previous hash, a line feed and its text: who
 * changes or takes out a row later cannot do it unnoticed by the broker, which
 * remembers where it has read to.
 */
final class EventChain {
	const PAGE    = 500;
	const NOTHING = '0000000000000000000000000000000000000000000000000000000000000000';

	/** The same thing again within so many seconds is not told again. */
	const FOLD = 60;

	/** How many times a number may be snatched away by another request. */
	const TRIES = 200;

	/** @var \wpdb */
	private $db;
	/** @var string */
	private $table;

	public function __construct( \wpdb $db ) {
		$this->db    = $db;
		$this->table = $db->prefix . 'emergency_access_events';
	}

	/** @throws StorageFailed When it cannot be written. */
	public function append( Event $event, int $now ): void {
		$lock = '';
		for ( $try = 0; $try < self::TRIES; $try++ ) {
			if ( $this->add( $event, $this->last( $lock ), $now ) ) {
				return;
			}
			// Past the snapshot of whatever transaction this happens in.
			$lock = 'LOCK IN SHARE MODE';
			usleep( mt_rand( 100, 4000 ) );
		}
		throw new StorageFailed( 'the chain of events cannot be written' );
	}

	/** Unless the same was told within the last minute. */
	public function append_once( Event $event, int $now ): void {
		$sql  = "SELECT seq FROM {$this->table} WHERE about = %s AND at > %d AND at <= %d LIMIT 1";
		$told = $this->rows( $this->db->prepare( $sql, $event->about(), $now - self::FOLD, $now ) );
		if ( ! $told ) {
			$this->append( $event, $now );
		}
	}

	/** @return array{seq:int,hash:string} */
	public function head(): array {
		return $this->last( '' );
	}

	/** @return array<int,array{seq:int,body:string,hash:string}> At most PAGE events that follow $after, none beyond $until. */
	public function page( int $after, int $until ): array {
		$sql   = "SELECT seq, body, hash FROM {$this->table} WHERE seq > %d AND seq <= %d ORDER BY seq LIMIT " . self::PAGE;
		$links = array();
		foreach ( $this->rows( $this->db->prepare( $sql, $after, $until ) ) as $row ) {
			$links[] = array( 'seq' => (int) $row['seq'], 'body' => $row['body'], 'hash' => $row['hash'] );
		}
		return $links;
	}

	/** Forget what the broker has and what is older than $before; the last one stays, the next is chained to it. */
	public function prune( int $pulled, int $before ): void {
		$kept = min( $pulled, $this->head()['seq'] );
		$sql  = "DELETE FROM {$this->table} WHERE seq < %d AND at < %d";
		if ( false === $this->db->query( $this->db->prepare( $sql, $kept, $before ) ) ) {
			throw new StorageFailed( 'the chain of events cannot be pruned' );
		}
	}

	/**
	 * The number is the primary key: of two requests at once one finds it taken.
	 *
	 * @param array{seq:int,hash:string} $head
	 */
	private function add( Event $event, array $head, int $now ): bool {
		$seq   = $head['seq'] + 1;
		$body  = $event->body( $seq, $now );
		$quiet = $this->db->suppress_errors( true );
		$added = $this->db->query(
			$this->db->prepare(
				"INSERT INTO {$this->table} (seq, at, about, body, hash) VALUES (%d, %d, %s, %s, %s)",
				$seq, $now, $event->about(), $body, hash( 'sha256', $head['hash'] . "\n" . $body )
			)
		);
		$this->db->suppress_errors( $quiet );
		return 1 === $added;
	}

	/** @return array{seq:int,hash:string} */
	private function last( string $lock ): array {
		$row = $this->rows( "SELECT seq, hash FROM {$this->table} ORDER BY seq DESC LIMIT 1 $lock" )[0] ?? null;
		return array( 'seq' => (int) ( $row['seq'] ?? 0 ), 'hash' => $row['hash'] ?? self::NOTHING );
	}

	/** @return array<int,array<string,string>> */
	private function rows( string $sql ): array {
		$found = $this->db->get_results( $sql, 'ARRAY_A' );
		if ( null === $found || '' !== $this->db->last_error ) {
			throw new StorageFailed( 'the chain of events cannot be read' );
		}
		return $found;
	}
}
