<?php
/** Keys fetched from the broker: kept, refreshed, and given up when the broker is away too long. */

use EmergencyAccess\Verifying\FetchedKeys;
use EmergencyAccess\Verifying\TokenRefused;

/** A broker that publishes keys, and what the site kept of them. */
final class Publisher {
	public $document;
	public $fetches = 0;
	public $kept    = false;

	public function __construct( ?array $document ) {
		$this->document = $document;
	}

	public function find( string $kid, int $now ): string {
		$keys = new FetchedKeys(
			function (): ?array {
				++$this->fetches;
				return $this->document;
			},
			function () {
				return $this->kept;
			},
			function ( array $kept ): void {
				$this->kept = $kept;
			}
		);
		try {
			return $keys->find( $kid, $now ) ? 'found' : 'unknown';
		} catch ( TokenRefused $refused ) {
			return $refused->why . ' ' . $refused->status;
		}
	}
}

$published = vectors( 'tokens' )['jwks'];
list( , , , $first, $second ) = $published['keys'];
$published = array( 'keys' => array( array( 'kty' => 'oct' ), $first, $second ) );
$kid       = $first['kid'];
$other     = $second['kid'];

return array(
	'fetched once for many requests' => static function () use ( $published, $kid ): void {
		$broker = new Publisher( $published );
		foreach ( array( 1000, 1001, 1299 ) as $now ) {
			same( 'found', $broker->find( $kid, $now ) );
		}
		same( 1, $broker->fetches );
	},
	'a key that was withdrawn is forgotten after five minutes' => static function () use ( $published, $kid, $other ): void {
		$broker           = new Publisher( $published );
		$broker->find( $kid, 1000 );
		$broker->document = array( 'keys' => array( $published['keys'][2] ) );
		same( 'found', $broker->find( $kid, 1299 ) );
		same( 'unknown', $broker->find( $kid, 1300 ) );
		same( 'found', $broker->find( $other, 1301 ) );
	},
	'a new key is looked up at once, made-up ones ask twice a minute at most' => static function () use ( $published, $kid, $other ): void {
		$broker = new Publisher( array( 'keys' => array( $published['keys'][1] ) ) );
		$broker->find( $kid, 1000 );
		$broker->document = $published;
		same( 'found', $broker->find( $other, 1030 ) );
		for ( $now = 1031; $now < 1091; ++$now ) {
			same( 'unknown', $broker->find( "made-up-$now", $now ) );
		}
		same( 4, $broker->fetches );
	},
	'an hour without the broker, and no longer' => static function () use ( $published, $kid ): void {
		$broker = new Publisher( $published );
		$broker->find( $kid, 1000 );
		$broker->document = null;
		same( 'found', $broker->find( $kid, 4600 ) );
		same( 'keys_unavailable 503', $broker->find( $kid, 4601 ) );
		$broker->document = $published;
		same( 'found', $broker->find( $kid, 4700 ) );
	},
	'nothing opens before the broker was ever reached' => static function () use ( $published, $kid ): void {
		$broker = new Publisher( null );
		same( 'keys_unavailable 503', $broker->find( $kid, 1000 ) );
		$broker->document = $published;
		same( 'keys_unavailable 503', $broker->find( $kid, 1004 ) );
		same( 'found', $broker->find( $kid, 1005 ) );
	},
	'a document without keys is no reason to forget any' => static function () use ( $published, $kid ): void {
		$broker = new Publisher( $published );
		$broker->find( $kid, 1000 );
		$broker->document = array( 'keys' => array() );
		same( 'found', $broker->find( $kid, 1400 ) );
	},
	'what was kept by a clock that ran ahead is not fresh for ever' => static function () use ( $published, $kid ): void {
		$broker = new Publisher( $published );
		$broker->find( $kid, 9000 );
		$broker->document = array( 'keys' => array( $published['keys'][2] ) );
		same( 'unknown', $broker->find( $kid, 1000 ) );
	},
);
