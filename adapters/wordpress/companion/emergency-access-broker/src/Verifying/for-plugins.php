<?php
/**
 * What other plugins call.
 *
 * @package EmergencyAccess
 */

use EmergencyAccess\Verifying\Access;
use EmergencyAccess\Verifying\SiteVerifier;
use EmergencyAccess\Verifying\TokenRefused;

/**
 * Whether the request being answered carries a token of the broker that opens this one thing.
 *
 * @param array<string,mixed> $terms 'issuer' (the broker's address) and 'audience' (the one tokens for this site name);
 *                                   'client_id' and 'client_secret' to ask the broker each time; 'dpop_required';
 *                                   'jwks_uri' and 'introspection_uri' where they are not the usual ones.
 * @param string              $url   The address of what is asked for, by the site's own name: rest_url( 'portal/v1/medication' ).
 * @return Access|WP_Error What a permission_callback may return as it is.
 */
function emergency_access_check_token( array $terms, string $url, string $patient, string $datatype, string $action ) {
	// phpcs:disable WordPress.Security -- the signatures are checked over these very bytes.
	$header = $_SERVER['HTTP_AUTHORIZATION'] ?? $_SERVER['REDIRECT_HTTP_AUTHORIZATION'] ?? '';
	$proofs = isset( $_SERVER['HTTP_DPOP'] ) ? array( (string) $_SERVER['HTTP_DPOP'] ) : array();
	$method = (string) ( $_SERVER['REQUEST_METHOD'] ?? '' );
	// phpcs:enable
	try {
		$access = SiteVerifier::made( $terms )->check( (string) $header, $method, $url, $proofs, time() );
		$access->must_allow( $patient, $datatype, $action );
		return $access;
	} catch ( TokenRefused $refused ) {
		return emergency_access_refusal( $refused );
	}
}

/** The challenge goes out as a header of its own. */
function emergency_access_refusal( TokenRefused $refused ): WP_Error {
	if ( '' !== $refused->www_authenticate && ! headers_sent() ) {
		header( 'WWW-Authenticate: ' . $refused->www_authenticate );
	}
	return new WP_Error( $refused->error, $refused->getMessage(), array( 'status' => $refused->status ) );
}
