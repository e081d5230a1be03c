<?php
/**
 * A persistent object cache, reduced to what makes one dangerous: what any request stored
 * is what every later one reads, whatever the database says meanwhile.
 */
class WP_Object_Cache {
	private $folder;
	private $memory   = array();
	private $volatile = array();

	public function __construct() {
		$this->folder = WP_CONTENT_DIR . '/object-cache';
		is_dir( $this->folder ) || @mkdir( $this->folder );
	}

	public function get( $key, $group, &$found ) {
		$name = $this->name( $key, $group );
		if ( ! array_key_exists( $name, $this->memory ) && ! isset( $this->volatile[ $group ] ) ) {
			$kept = @file_get_contents( $this->folder . '/' . $name );
			if ( false !== $kept ) {
				$this->memory[ $name ] = unserialize( $kept );
			}
		}
		$found = array_key_exists( $name, $this->memory );
		$value = $found ? $this->memory[ $name ] : false;
		return is_object( $value ) ? clone $value : $value;
	}

	public function set( $key, $value, $group ) {
		$name                  = $this->name( $key, $group );
		$this->memory[ $name ] = is_object( $value ) ? clone $value : $value;
		if ( ! isset( $this->volatile[ $group ] ) ) {
			$draft = tempnam( $this->folder, 'draft' );
			file_put_contents( $draft, serialize( $value ) );
			rename( $draft, $this->folder . '/' . $name );
		}
		return true;
	}

	public function delete( $key, $group ) {
		$name = $this->name( $key, $group );
		$had  = array_key_exists( $name, $this->memory ) || is_file( $this->folder . '/' . $name );
		unset( $this->memory[ $name ] );
		@unlink( $this->folder . '/' . $name );
		return $had;
	}

	public function flush() {
		$this->memory = array();
		array_map( 'unlink', glob( $this->folder . '/*' ) );
		return true;
	}

	public function never_keep( $groups ) {
		$this->volatile += array_flip( (array) $groups );
	}

	private function name( $key, $group ) {
		return md5( $group . "\0" . $key );
	}
}

function wp_cache_init() {
	$GLOBALS['wp_object_cache'] = new WP_Object_Cache();
}
function wp_cache_get( $key, $group = '', $force = false, &$found = null ) {
	return $GLOBALS['wp_object_cache']->get( $key, $group, $found );
}
function wp_cache_set( $key, $value, $group = '', $expire = 0 ) {
	return $GLOBALS['wp_object_cache']->set( $key, $value, $group );
}
function wp_cache_add( $key, $value, $group = '', $expire = 0 ) {
	if ( wp_suspend_cache_addition() ) {
		return false;
	}
	wp_cache_get( $key, $group, false, $found );
	return $found ? false : wp_cache_set( $key, $value, $group );
}
function wp_cache_replace( $key, $value, $group = '', $expire = 0 ) {
	wp_cache_get( $key, $group, false, $found );
	return $found && wp_cache_set( $key, $value, $group );
}
function wp_cache_incr( $key, $offset = 1, $group = '' ) {
	$value = wp_cache_get( $key, $group, false, $found );
	return $found && wp_cache_set( $key, $value + $offset, $group ) ? $value + $offset : false;
}
function wp_cache_decr( $key, $offset = 1, $group = '' ) {
	return wp_cache_incr( $key, -$offset, $group );
}
function wp_cache_delete( $key, $group = '' ) {
	return $GLOBALS['wp_object_cache']->delete( $key, $group );
}
function wp_cache_flush() {
	return $GLOBALS['wp_object_cache']->flush();
}
function wp_cache_close() {
	return true;
}
function wp_cache_add_global_groups( $groups ) {
}
function wp_cache_add_non_persistent_groups( $groups ) {
	$GLOBALS['wp_object_cache']->never_keep( $groups );
}
function wp_cache_switch_to_blog( $blog ) {
}
