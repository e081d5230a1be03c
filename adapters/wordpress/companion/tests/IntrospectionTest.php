<?php
/** The broker is asked whether a token still counts; without a good answer nothing opens. */

use EmergencyAccess\Verifying\Introspection;
use EmergencyAccess\Verifying\KeyList;
use EmergencyAccess\Verifying\TokenRefused;
use EmergencyAccess\Verifying\TokenVerifier;

$vectors = vectors( 'tokens' );
$good    = array( 'active' => true, 'jti' => 'token_0001', 'sub' => 'person_0001', 'exp' => $vectors['now'] + 240 );

$verdict = static function ( ?array $answer ) use ( $vectors ): string {
	$asked    = new Introspection(
		static function ( array $fields ) use ( $answer, $vectors ): ?array {
			same( $vectors['tokens'][0]['authorization'], 'Bearer ' . $fields['token'] );
			return $answer;
		}
	);
	$verifier = new TokenVerifier( $vectors['issuer'], $vectors['audience'], new KeyList( $vectors['jwks'] ), '__return_true', $asked );
	try {
		$verifier->check( $vectors['tokens'][0]['authorization'], 'GET', $vectors['url'], array(), $vectors['now'] );
	} catch ( TokenRefused $refused ) {
		return "{$refused->why} {$refused->status}";
	}
	return 'ok';
};
if ( ! function_exists( '__return_true' ) ) {
	function __return_true(): bool {
		return true;
	}
}

return array(
	'a token that counts opens' => static function () use ( $verdict, $good ): void {
		same( 'ok', $verdict( $good ) );
	},
	'one that was revoked does not' => static function () use ( $verdict ): void {
		same( 'not_active 401', $verdict( array( 'active' => false ) ) );
	},
	'active must be true and nothing like it' => static function () use ( $verdict, $good ): void {
		foreach ( array( 1, 'true', null, array() ) as $active ) {
			same( 'not_active 401', $verdict( array( 'active' => $active ) + $good ) );
		}
	},
	'the answer must be about this token' => static function () use ( $verdict, $good ): void {
		same( 'not_active 401', $verdict( array( 'jti' => 'token_0002' ) + $good ) );
		same( 'not_active 401', $verdict( array( 'sub' => 'person_0002' ) + $good ) );
		same( 'not_active 401', $verdict( array( 'active' => true ) ) );
	},
	'no answer opens nothing' => static function () use ( $verdict ): void {
		same( 'introspection_unavailable 503', $verdict( null ) );
	},
);
