<?php
/** The vectors of containment, protection and marks that Python and PHP share, read by PHP. */

use EmergencyAccess\Signed\Call;
use EmergencyAccess\Signed\Containment;
use EmergencyAccess\Signed\Pairing;
use EmergencyAccess\Signed\Protection;

$vectors = vectors( 'standing' );
$pairing = Pairing::from_text( $vectors['pairing'] );
$calls   = $vectors['calls'];
$readers = array(
	'containments' => static function ( string $jws ) use ( $pairing ): void {
		Containment::verify( $jws, $pairing );
	},
	'protections'  => static function ( string $jws ) use ( $pairing ): void {
		Protection::verify( $jws, $pairing );
	},
);
$cases   = array(
	'the mark is read' => static function () use ( $calls, $pairing, $vectors ): void {
		same( $calls['mark'], Call::verify( $calls['cases'][0]['jws'], $pairing, $calls['route'], $calls['body'], $vectors['now'], true )->mark );
	},
);

foreach ( $readers as $kind => $read ) {
	foreach ( $vectors[ $kind ] as $vector ) {
		$cases[ "$kind: {$vector['name']}" ] = static function () use ( $vector, $read ): void {
			same( $vector['expect'], verdict( static function () use ( $vector, $read ): void {
				$read( $vector['jws'] );
			} ) );
		};
	}
}
foreach ( $calls['cases'] as $vector ) {
	$cases[ "mark: {$vector['name']}" ] = static function () use ( $vector, $calls, $pairing, $vectors ): void {
		same( $vector['expect'], verdict( static function () use ( $vector, $calls, $pairing, $vectors ): void {
			Call::verify( $vector['jws'], $pairing, $calls['route'], $calls['body'], $vectors['now'], true );
		} ) );
	};
}
return $cases;
