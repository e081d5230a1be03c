<?php
namespace EmergencyAccess\Events;

use EmergencyAccess\Lending\BarePages;

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
		return '' === self::page() ? 'site' : self::page() . self::ajax() . self::screen();
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

	/** The page that a plugin added to wp-admin, as it was registered. */
	private static function screen(): string {
		$page = $GLOBALS['plugin_page'] ?? null;
		$hook = is_string( $page ) && function_exists( 'get_plugin_page_hookname' ) ? get_plugin_page_hookname( $page, get_admin_page_parent() ) : '';
		return '' !== $hook && isset( $GLOBALS['_registered_pages'][ $hook ] ) ? ' ' . $page : '';
	}

	private static function ajax(): string {
		$action = $_REQUEST['action'] ?? ''; // phpcs:ignore WordPress.Security.NonceVerification
		return wp_doing_ajax() && is_string( $action ) && has_action( "wp_ajax_$action" ) ? ' ' . $action : '';
	}
}
