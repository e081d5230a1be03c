<?php
/** The vectors that Python and PHP share, read by PHP. */

use EmergencyAccess\Signed\Call;
use EmergencyAccess\Signed\Lease;
use EmergencyAccess\Signed\NeverGrant;
use EmergencyAccess\Signed\Pairing;
use EmergencyAccess\Signed\Revocation;

$vectors = vectors( 'leases' );
$pairing = Pairing::from_text( $vectors['pairing'] );
$now     = $vectors['now'];
$calls   = $vectors['calls'];
$cases   = array();

foreach ( $vectors['leases'] as $vector ) {
	$cases[ 'lease: ' . $vector['name'] ] = static function () use ( $vector, $pairing, $now ): void {
		same( $vector['expect'], verdict( static function () use ( $vector, $pairing, $now ): void {
			Lease::verify( $vector['jws'], $pairing )->must_be_live( $now );
		} ) );
	};
}
foreach ( $vectors['revocations'] as $vector ) {
	$cases[ 'revocation: ' . $vector['name'] ] = static function () use ( $vector, $pairing ): void {
		same( $vector['expect'], verdict( static function () use ( $vector, $pairing ): void {
			Revocation::verify( $vector['jws'], $pairing );
		} ) );
	};
}
foreach ( $calls['cases'] as $vector ) {
	$cases[ 'call: ' . $vector['name'] ] = static function () use ( $vector, $pairing, $calls, $now ): void {
		same( $vector['expect'], verdict( static function () use ( $vector, $pairing, $calls, $now ): void {
			Call::verify( $vector['jws'], $pairing, $calls['route'], $calls['body'], $now, true );
		} ) );
	};
}
$cases['a call that gives nothing is taken although the clocks differ by an hour'] = static function () use ( $pairing, $calls, $now ): void {
	$call = Call::verify( $calls['cases'][0]['jws'], $pairing, $calls['route'], $calls['body'], $now + 3600, false );
	same( 'call_0001', $call->nonce );
};
foreach ( vectors( 'never_grant' ) as $kind => $capabilities ) {
	foreach ( $capabilities as $capability ) {
		$cases[ "$kind: $capability" ] = static function () use ( $kind, $capability ): void {
			same( 'forbidden' === $kind, NeverGrant::forbids( $capability ) );
		};
	}
}
return $cases;
