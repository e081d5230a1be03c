<?php
/** What the site believes about its broker comes from one readable constant. */

use EmergencyAccess\Signed\Jws;
use EmergencyAccess\Signed\Pairing;

$good = array( 'v' => 1, 'site' => 'clinic', 'issuer' => 'broker', 'keys' => array( array( 'kty' => 'OKP', 'crv' => 'Ed25519', 'x' => str_repeat( 'A', 43 ) ) ) );
$read = static function ( $document ): string {
	return verdict( static function () use ( $document ): void {
		Pairing::from_text( is_string( $document ) ? $document : Jws::encode( json_encode( $document ) ) );
	} );
};

return array(
	'a sound one is read'             => static function () use ( $good, $read ): void {
		same( 'ok', $read( $good ) );
	},
	'a missing constant has a name'   => static function (): void {
		same( 'pairing_missing', verdict( array( Pairing::class, 'from_constant' ) ) );
	},
	'anything less is refused'        => static function () use ( $good, $read ): void {
		$short  = array( array( 'kty' => 'OKP', 'crv' => 'Ed25519', 'x' => 'AAAA' ) );
		$other  = array( array( 'kty' => 'EC', 'crv' => 'P-256', 'x' => str_repeat( 'A', 43 ) ) );
		$wrongs = array( '', 'not base64url!', Jws::encode( '[]' ), array( 'v' => 2 ) + $good, array( 'site' => '' ) + $good );
		$wrongs = array_merge( $wrongs, array( array( 'keys' => array() ) + $good, array( 'keys' => $short ) + $good, array( 'keys' => $other ) + $good, array( 'keys' => array( 'x' ) ) + $good ) );
		foreach ( $wrongs as $wrong ) {
			same( 'bad_pairing', $read( $wrong ) );
		}
	},
);
