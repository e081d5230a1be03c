<?php
/** The chain of events: written as the shared vectors say, each number once, pruned without a break. */

use EmergencyAccess\Events\Comparison;
use EmergencyAccess\Events\Event;
use EmergencyAccess\Events\EventChain;
use EmergencyAccess\Events\EventKeeper;
use EmergencyAccess\Calls\EventsRoute;
use EmergencyAccess\Events\LostEvents;
use EmergencyAccess\Calls\Question;
use EmergencyAccess\Events\Seen;
use EmergencyAccess\Keeping\StorageFailed;

function chain_of( int $count, EventChain $chain ): EventChain {
	for ( $at = 1; $at <= $count; $at++ ) {
		$chain->append( new Event( 'opened', 'g1', 'nurse', array( 'object' => "post $at" ) ), $at );
	}
	return $chain;
}

return array(
	'events are written as the vectors say' => static function (): void {
		$chain = new EventChain( new wpdb() );
		foreach ( vectors( 'events' )['events'] as $vector ) {
			$chain->append( new Event( $vector['kind'], $vector['grant'], $vector['account'], $vector['facts'] ), $vector['at'] );
			$link = $chain->page( $vector['seq'] - 1, 100 )[0];
			same( $vector['body'], $link['body'] );
			same( $vector['hash'], $link['hash'] );
			same( array( 'seq' => $vector['seq'], 'hash' => $vector['hash'] ), $chain->head() );
		}
	},
	'an empty chain ends at nothing' => static function (): void {
		same( array( 'seq' => 0, 'hash' => str_repeat( '0', 64 ) ), ( new EventChain( new wpdb() ) )->head() );
	},
	'the same within a minute is told once, and again after it' => static function (): void {
		$chain = new EventChain( new wpdb() );
		$event = new Event( 'opened', 'g1', 'nurse', array( 'object' => 'post 1', 'route' => 'a' ) );
		$chain->append_once( $event, 100 );
		$chain->append_once( new Event( 'opened', 'g1', 'nurse', array( 'object' => 'post 1', 'route' => 'b' ) ), 159 );
		same( 1, $chain->head()['seq'] );
		$chain->append_once( $event, 160 );
		same( 2, $chain->head()['seq'] );
		foreach ( array( array( 'opened', 'g2', 'post 1' ), array( 'changed', 'g1', 'post 1' ), array( 'opened', 'g1', 'post 2' ) ) as list( $kind, $grant, $object ) ) {
			$chain->append_once( new Event( $kind, $grant, 'nurse', array( 'object' => $object ) ), 161 );
		}
		same( 5, $chain->head()['seq'] );
	},
	'a page holds at most 500 and nothing beyond the head that was read' => static function (): void {
		$chain = chain_of( 502, new EventChain( new wpdb() ) );
		same( 500, count( $chain->page( 0, 502 ) ) );
		same( array( 501, 502 ), array_column( $chain->page( 500, 502 ), 'seq' ) );
		same( array( 501 ), array_column( $chain->page( 500, 501 ), 'seq' ) );
	},
	'only what was pulled and is old is forgotten, and the last one never' => static function (): void {
		$chain = chain_of( 10, new EventChain( new wpdb() ) );
		$chain->prune( 0, 1000 );
		same( 10, count( $chain->page( 0, 10 ) ) );
		$chain->prune( 8, 5 );
		same( 5, $chain->page( 0, 10 )[0]['seq'] );
		$last = $chain->head();
		$chain->prune( 999, 1000 );
		same( array( 10 ), array_column( $chain->page( 0, 10 ), 'seq' ) );
		$chain->append( new Event( 'opened', '', 'nurse' ), 11 );
		$next = $chain->page( 10, 11 )[0];
		same( hash( 'sha256', $last['hash'] . "\n" . $next['body'] ), $next['hash'] );
	},
	'a table that cannot be written is said' => static function (): void {
		$db = new wpdb();
		$db->query( 'CREATE TRIGGER full BEFORE INSERT ON wp_emergency_access_events BEGIN SELECT RAISE(ABORT, \'full\'); END' );
		$said = '';
		try {
			( new EventChain( $db ) )->append( new Event( 'opened', '', 'nurse' ), 1 );
		} catch ( StorageFailed $failure ) {
			$said = 'failed';
		}
		same( 'failed', $said );
	},
	'what cannot be written is logged without its facts, and the failure is handed on' => static function (): void {
		$db = new wpdb();
		$db->query( 'DROP TABLE wp_emergency_access_events' );
		$log    = tempnam( sys_get_temp_dir(), 'log' );
		$before = ini_set( 'error_log', $log );
		$failed = 0;
		add_action( EventKeeper::LOST, static function () use ( &$failed ): void {
			++$failed;
		} );
		( new EventKeeper( new EventChain( $db ), new LostEvents( new Seen( $db ) ) ) )->keep( 'opened', 'g1', 'nurse', array( 'object' => 'post 1' ) );
		ini_set( 'error_log', $before );
		$said = file_get_contents( $log );
		unlink( $log );
		same( 1, $failed );
		same( array( true, false, false ), array( false !== strpos( $said, '(opened)' ), strpos( $said, 'nurse' ), strpos( $said, 'post 1' ) ) );
	},
	'what is read is folded, what is done is told each time' => static function (): void {
		$chain  = new EventChain( new wpdb() );
		$keeper = new EventKeeper( $chain, new LostEvents( new Seen( new wpdb() ) ) );
		foreach ( array( 'opened', 'opened', 'role_changed', 'role_changed', 'contained', 'contained' ) as $kind ) {
			$keeper->keep( $kind, '', 'admin', array( 'object' => 'user 1' ) );
		}
		same( 5, $chain->head()['seq'] );
	},
	'texts that are too long, odd or cut in half are still written so that the broker takes them' => static function (): void {
		$facts = array_fill_keys( array( 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i' ), str_repeat( '😀', 100 ) . "\xff" );
		$body  = ( new Event( 'opened', '', "\xffnurse", $facts ) )->body( 1, 1 );
		same( '{"left_out":8}', json_encode( json_decode( $body, true )['facts'] ) );
		$body = ( new Event( 'opened', '', "\xffnurse", array( 'a' => str_repeat( 'é', 101 ) . 'x' ) ) )->body( 1, 1 );
		same( "\u{fffd}nurse", json_decode( $body, true )['account'] );
		same( true, strlen( $body ) < 4000 );
	},
	'the route answers what follows and where the chain ends' => static function (): void {
		$chain  = chain_of( 3, new EventChain( new wpdb() ) );
		$route  = new EventsRoute( $chain, new Comparison( new Seen( new wpdb() ), array() ), new LostEvents( new Seen( new wpdb() ) ) );
		$answer = $route->answer( Question::read( '{"documents":[],"after":1}', 0 ), 100 );
		same( array( 2, 3 ), array_column( $answer['events'], 'seq' ) );
		same( $chain->head(), $answer['head'] );
	},
);
