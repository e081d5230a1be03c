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
 * @return true|WP_Error What a permission_callback returns.
 */
function emergency_access_check_token( array $terms, string $url, string $patient, string $datatype, string $action ) {
	$access = emergency_access_of_token( $terms, $url );
	if ( is_wp_error( $access ) ) {
		return $access;
	}
	try {
		$access->must_allow( $patient, $datatype, $action );
		return true;
	} catch ( TokenRefused $refused ) {
		return emergency_access_refusal( $refused );
	}
}

/**
 * Whom the token of the request speaks for, under which grant, and all that it opens. Ask it for everything
 * that is opened: $access->allows( $patient, $datatype, $action ).
 *
 * @param array<string,mixed> $terms As above.
 * @return Access|WP_Error
 */
function emergency_access_of_token( array $terms, string $url ) {
	if ( ! headers_sent() ) {
		// What opens patient data is kept by no cache on the way.
		header( 'Cache-Control: no-store, private' );
	}
	try {
		return SiteVerifier::access( $terms, $url );
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
