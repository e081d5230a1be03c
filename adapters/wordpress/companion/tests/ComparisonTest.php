<?php
/** Comparing the site with its past: told once, never silently begun anew, never without end. */

use EmergencyAccess\Events\AccountParts;
use EmergencyAccess\Events\Comparison;
use EmergencyAccess\Events\EventChain;
use EmergencyAccess\Events\LostEvents;
use EmergencyAccess\Events\Occurrence;
use EmergencyAccess\Events\RequestName;
use EmergencyAccess\Events\Seen;
use EmergencyAccess\Events\StoredOptions;
use EmergencyAccess\Events\Watched;

/** Things a test sets. */
final class WatchedThings implements Watched {
	/** @var array<string,string>|null */
	public $things = array();

	public function group(): string {
		return 'thing';
	}

	public function present(): ?array {
		return $this->things;
	}

	public function meaning( string $name, ?string $was, ?string $is ): array {
		return array( array( 'thing_changed', array( 'object' => $name, 'change' => "$was>$is" ) ) );
	}
}

/** A site that looks at its things, and what was told of them. */
final class Looking {
	public $things;
	public $seen;
	public $told = array();
	private $comparison;

	public function __construct() {
		$this->things     = new WatchedThings();
		$this->seen       = new Seen( new wpdb() );
		$this->comparison = new Comparison( $this->seen, array( $this->things ) );
		$GLOBALS['hooked'][ Occurrence::ACTION ] = array(
			function ( string $kind, string $grant, string $account, array $facts ): void {
				$this->told[] = $kind . ' ' . ( $facts['change'] ?? $facts['count'] ?? '' ) . ( isset( $facts['found'] ) ? ' found' : '' );
			},
		);
	}

	/** @return string[] What was told by one look. */
	public function look( int $now ): array {
		$this->told = array();
		$this->comparison->look( $now );
		return $this->told;
	}

	public function blind(): array {
		return $this->comparison->blind();
	}
}

return array(
	'the first look only remembers, and says so' => static function (): void {
		$site                 = new Looking();
		$site->things->things = array( 'thing:a' => '1', 'thing:b' => '1' );
		same( array( 'watch_began 2' ), $site->look( 100 ) );
		same( array(), $site->look( 200 ) );
	},
	'what came, went and changed is told once' => static function (): void {
		$site                 = new Looking();
		$site->things->things = array( 'thing:a' => '1', 'thing:b' => '1' );
		$site->look( 100 );
		$site->things->things = array( 'thing:b' => '2', 'thing:c' => '1' );
		same( array( 'thing_changed 1> found', 'thing_changed 1>2 found', 'thing_changed >1 found' ), $site->look( 200 ) );
		same( array(), $site->look( 300 ) );
	},
	'looking is done once a minute, and again when the clock was set back' => static function (): void {
		$site = new Looking();
		$site->look( 1000 );
		$site->things->things = array( 'thing:a' => '1' );
		same( array(), $site->look( 1059 ) );
		same( array( 'thing_changed >1 found' ), $site->look( 1060 ) );
		$site->things->things = array();
		same( array( 'thing_changed 1> found' ), $site->look( 500 ) );
	},
	'a remembrance that was emptied begins anew, and says so' => static function (): void {
		$site                 = new Looking();
		$site->things->things = array( 'thing:a' => '1' );
		$site->look( 100 );
		$site->seen->put( 'began:thing', null );
		$site->things->things = array( 'thing:a' => '2' );
		same( array( 'watch_began 1' ), $site->look( 200 ) );
		same( array(), $site->look( 300 ) );
	},
	'what could not be looked at is not taken for gone' => static function (): void {
		$site                 = new Looking();
		$site->things->things = array( 'thing:a' => '1' );
		$site->look( 100 );
		$site->things->things = null;
		same( array(), $site->look( 200 ) );
		same( array( 'thing' ), $site->blind() );
		$site->things->things = array( 'thing:a' => '1' );
		same( array(), $site->look( 300 ) );
		same( array(), $site->blind() );
	},
	'a flood is cut, and said to be' => static function (): void {
		$site = new Looking();
		$site->look( 100 );
		for ( $count = 0; $count < 70; $count++ ) {
			$site->things->things[ "thing:$count" ] = '1';
		}
		$told = $site->look( 200 );
		same( array( 51, 'left_out 20 found' ), array( count( $told ), end( $told ) ) );
		same( array(), $site->look( 300 ) );
	},
	'names are exact' => static function (): void {
		$site                 = new Looking();
		$site->things->things = array( 'thing:a' => '1', 'thing:A' => '2', 'thing:a ' => '3' );
		$site->look( 100 );
		same( array(), $site->look( 200 ) );
	},
	'of an account only what changed is taken over' => static function (): void {
		$row   = array( 'user_pass' => 'p', 'user_email' => 'e' );
		$roles = 'a:1:{s:6:"editor";b:1;}';
		$was   = AccountParts::read( AccountParts::of( $row, $roles, '' ) );
		$used  = 'a:1:{i:0;a:3:{s:4:"uuid";s:1:"u";s:8:"password";s:1:"h";s:9:"last_used";i:%d;}}';
		same( array( 'applications', 'email', 'password', 'roles' ), array_keys( $was ) );
		same( array( 'password' ), array_keys( array_diff_assoc( AccountParts::read( AccountParts::of( array( 'user_pass' => 'q' ) + $row, $roles, '' ) ), $was ) ) );
		same( AccountParts::of( $row, $roles, sprintf( $used, 1 ) ), AccountParts::of( $row, $roles, sprintf( $used, 2 ) ) );
		same( array(), AccountParts::read( '' ) );
		same( true, strlen( AccountParts::of( $row, $roles, '' ) ) <= 255 );
	},
	'what roles may do is told apart by role' => static function (): void {
		$roles = array( 'a' => array( 'capabilities' => array( 'read' => true, 'edit' => false ) ), 'b' => array() );
		$short = StoredOptions::roles( $roles );
		same( array( 'stored:role:a', 'stored:role:b' ), array_keys( $short ) );
		same( $short, StoredOptions::roles( array( 'a' => array( 'capabilities' => array( 'read' => true ) ), 'b' => array() ) ) );
		same( 'a', StoredOptions::bare( 'stored:role:a' ) );
		same( array(), StoredOptions::roles( 'nonsense' ) );
	},
	'lost events are told when they can be, with how many and since when' => static function (): void {
		$db   = new wpdb();
		$lost = new LostEvents( new Seen( $db ) );
		$lost->count( 100 );
		$lost->count( 200 );
		same( true, $lost->any() );
		$chain = new EventChain( $db );
		$lost->tell( $chain, 300 );
		$lost->tell( $chain, 301 );
		same( array( 'count' => 2, 'since' => 100 ), json_decode( $chain->page( 0, 9 )[0]['body'], true )['facts'] );
		same( 1, $chain->head()['seq'] );
		same( false, $lost->any() );
	},
	'a route is told by its pattern' => static function (): void {
		$patterns = array(
			'/wp/v2/posts/(?P<id>[\d]+)'                              => '/wp/v2/posts/{id}',
			'/wp/v2/pages/(?P<parent>[\d]+)/revisions/(?P<id>[\d]+)'  => '/wp/v2/pages/{parent}/revisions/{id}',
			'/wp/v2/plugins/(?P<plugin>[^.\/]+(?:\/[^.\/]+)?)'        => '/wp/v2/plugins/{plugin}',
			'/wp/v2/templates/(?P<id>([^\/:<>\*\?"\|]+(?:\/[^\/:<>\*\?"\|]+)?)[\/\w%-]+)' => '/wp/v2/templates/{id}',
			'/wc/v3/orders'                                           => '/wc/v3/orders',
		);
		foreach ( $patterns as $pattern => $told ) {
			same( $told, RequestName::told( $pattern ) );
		}
	},
);
