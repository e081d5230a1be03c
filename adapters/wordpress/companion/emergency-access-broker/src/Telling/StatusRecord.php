<?php
namespace EmergencyAccess\Telling;

use EmergencyAccess\Events\EventChain;
use EmergencyAccess\Signed\Call;

/** What the site's own record says about the last days. */
final class StatusRecord {
	/** No further back than so many events. */
	const MOST  = 3000;
	const WORDS = array(
		'opened'    => 'opened %d',
		'listed'    => 'listed %d',
		'changed'   => 'changed %d',
		'noted'     => 'noted %d',
		'used'      => 'capabilities used %d',
		'denied'    => 'refused %d',
		'signed_in' => 'signed in %d',
	);

	/** @var \wpdb */
	private $db;
	/** @var EventChain */
	private $chain;
	/** @var int */
	private $now;

	public function __construct( \wpdb $db, int $now ) {
		$this->db    = $db;
		$this->chain = new EventChain( $db );
		$this->now   = $now;
	}

	/** @return array{seq:int,hash:string} */
	public function head(): array {
		return $this->chain->head();
	}

	/** When the broker made the last call that was accepted; 0 when that is more than a day ago. */
	public function last_contact(): int {
		$kept = (int) $this->db->get_var( "SELECT MAX(keep_until) FROM {$this->db->prefix}emergency_access_calls" );
		return $kept ? min( $this->now, $kept - Call::WIDE_SKEW - 2 * Call::SKEW ) : 0;
	}

	/** @return string[][] Who, what was recorded, when and how it ended, which grant; newest first, escaped. */
	public function ended( int $since ): array {
		$counts = array();
		$ended  = array();
		foreach ( $this->events() as $event ) {
			$grant = (string) ( $event['grant'] ?? '' );
			$kind  = (string) ( $event['kind'] ?? '' );
			if ( 'lease_ended' === $kind && (int) $event['at'] >= $since ) {
				$ended[ $grant ] = $event;
			}
			$counts[ $grant ][ $kind ] = ( $counts[ $grant ][ $kind ] ?? 0 ) + 1;
		}
		$rows = array();
		foreach ( array_reverse( $ended ) as $grant => $event ) {
			$how    = 'time' === ( $event['facts']['by'] ?? '' ) ? 'at its time' : 'taken back';
			$rows[] = array( esc_html( (string) $event['account'] ), esc_html( self::counted( $counts[ $grant ] ) ), StatusTable::time( (int) $event['at'] ) . ', ' . $how, '<code>' . esc_html( (string) $grant ) . '</code>' );
		}
		return $rows;
	}

	/** @param array<string,int> $counts */
	private static function counted( array $counts ): string {
		$words = array();
		foreach ( self::WORDS as $kind => $word ) {
			if ( isset( $counts[ $kind ] ) ) {
				$words[] = sprintf( $word, $counts[ $kind ] );
			}
		}
		return $words ? ucfirst( implode( ', ', $words ) ) : 'Nothing was used';
	}

	/** @return array<int,array<string,mixed>> The last ones, oldest first. */
	private function events(): array {
		$head   = $this->chain->head()['seq'];
		$events = array();
		for ( $after = max( 0, $head - self::MOST ); $after < $head; $after += EventChain::PAGE ) {
			foreach ( $this->chain->page( $after, min( $head, $after + EventChain::PAGE ) ) as $link ) {
				$event    = json_decode( $link['body'], true );
				$events[] = is_array( $event ) ? $event : array();
			}
		}
		return $events;
	}
}
