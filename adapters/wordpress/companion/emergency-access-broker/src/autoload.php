<?php
/**
 * One class a file, named as the class, in the folder of its room.
 *
 * @package EmergencyAccess
 */

spl_autoload_register(
	static function ( string $class_name ): void {
		if ( 0 === strpos( $class_name, 'EmergencyAccess\\' ) ) {
			$file = __DIR__ . '/' . str_replace( '\\', '/', substr( $class_name, 16 ) ) . '.php';
			if ( is_file( $file ) ) {
				require $file;
			}
		}
	}
);
