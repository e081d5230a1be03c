<?php
namespace EmergencyAccess;

/** What this request asks for, without what it says: the address's pattern, no ids, no query. */
final class RequestName {
	const VALUE = '/\(\?P<(\w+)>((?:[^()\\\\]|\\\\.|\((?2)*\)))*\)/';

	/** @var BarePages */
	private $pages;
	/** @var array<string,string> */
	private $known = array();

	public function __construct( BarePages $pages ) {
		$this->pages = $pages;
	}

	public function template(): string {
		$request = $this->pages->current();
		if ( $request ) {
			$route                 = $request->get_route();
			$this->known[ $route ] = $this->known[ $route ] ?? self::pattern( $route );
			return $request->get_method() . ' ' . $this->known[ $route ];
		}
		return is_admin() || 'wp-login.php' === self::page() ? self::page() . self::ajax() : 'site';
	}

	/** The script of WordPress that runs; '' for the site's own pages and REST. */
	public static function page(): string {
		$page = is_admin() || 'wp-login.php' === ( $GLOBALS['pagenow'] ?? '' ) ? $GLOBALS['pagenow'] ?? '' : '';
		return is_string( $page ) ? $page : '';
	}

	/** Patients may stand in an address; what the route was registered with has none. */
	private static function pattern( string $route ): string {
		foreach ( array_keys( rest_get_server()->get_routes() ) as $pattern ) {
			if ( preg_match( '@^' . $pattern . '$@i', $route ) ) {
				return self::told( $pattern );
			}
		}
		return 'unknown';
	}

	/** A route's pattern, with a name where a value stands: each bracket ends where its own closes. */
	public static function told( string $pattern ): string {
		return (string) preg_replace( self::VALUE, '{$1}', $pattern );
	}

	private static function ajax(): string {
		$action = $_REQUEST['action'] ?? ''; // phpcs:ignore WordPress.Security.NonceVerification
		return wp_doing_ajax() && is_string( $action ) && has_action( "wp_ajax_$action" ) ? ' ' . $action : '';
	}
}
