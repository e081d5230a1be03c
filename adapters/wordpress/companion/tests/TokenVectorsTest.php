<?php
/** The tokens and proofs that Python and PHP share, read by PHP. */

use EmergencyAccess\Verifying\Access;
use EmergencyAccess\Verifying\KeyList;
use EmergencyAccess\Verifying\Proof;
use EmergencyAccess\Verifying\Target;
use EmergencyAccess\Verifying\TokenRefused;
use EmergencyAccess\Verifying\TokenVerifier;

$vectors = vectors( 'tokens' );
$cases   = array();

$made  = static function () use ( $vectors ): TokenVerifier {
	$seen = array();
	return new TokenVerifier(
		$vectors['issuer'],
		$vectors['audience'],
		new KeyList( $vectors['jwks'] ),
		static function ( Proof $proof ) use ( &$seen ): bool {
			$first                   = ! isset( $seen[ $proof->digest ] );
			$seen[ $proof->digest ] = true;
			return $first;
		}
	);
};
$check = static function ( TokenVerifier $verifier, array $vector ) use ( $vectors ): Access {
	$stretched = $vector['authorization'] . str_repeat( 'A', $vector['stretch'] ?? 0 );
	return $verifier->check( $stretched, $vectors['method'], $vectors['url'], $vector['proofs'], $vectors['now'] );
};

foreach ( array( 'tokens', 'proofs' ) as $kind ) {
	foreach ( $vectors[ $kind ] as $vector ) {
		$cases[ "$kind: " . $vector['name'] ] = static function () use ( $vector, $made, $check ): void {
			$verifier = $made();
			$verdict  = 'ok';
			try {
				if ( $vector['twice'] ?? false ) {
					$check( $verifier, $vector );
				}
				$check( $verifier, $vector );
			} catch ( TokenRefused $refused ) {
				$verdict = $refused->why;
			}
			same( $vector['expect'], $verdict );
		};
	}
}
foreach ( $vectors['allowed'] as $asked ) {
	$cases[ 'allowed: ' . json_encode( $asked ) ] = static function () use ( $asked, $vectors, $made, $check ): void {
		$access = $check( $made(), $vectors['tokens'][0] );
		same( $asked['allowed'], $access->allows( $asked['patient'], $asked['datatype'], $asked['action'] ) );
	};
}
foreach ( array( 'alike' => true, 'different' => false ) as $kind => $same ) {
	foreach ( $vectors['targets'][ $kind ] as $pair ) {
		$cases[ "addresses $kind: " . implode( ' ', $pair ) ] = static function () use ( $pair, $same ): void {
			same( $same, Target::same( $pair[0], $pair[1] ) );
			same( $same, Target::same( $pair[1], $pair[0] ) );
		};
	}
}
foreach ( array( 'elsewhere', 'another_kind' ) as $name ) {
	$cases[ "details for somebody else open nothing: $name" ] = static function () use ( $name, $vectors, $made, $check ): void {
		$access = $check( $made(), array( 'authorization' => 'Bearer ' . $vectors[ $name ], 'proofs' => array() ) );
		same( array(), $access->permissions );
		same( false, $access->allows( 'P-1001', 'medications', 'read' ) );
	};
}
return $cases;
