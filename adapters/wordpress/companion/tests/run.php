<?php
/**
 * Runs the companion's tests that need no WordPress: php run.php
 *
 * One file a subject; each returns its cases as name => function, and a case
 * fails by throwing. No framework, so that any machine with PHP can run them.
 */

error_reporting( E_ALL );
set_error_handler(
	static function ( int $level, string $message, string $file, int $line ): bool {
		if ( ! ( error_reporting() & $level ) ) {
			return false;
		}
		throw new ErrorException( $message, 0, $level, $file, $line );
	}
);

require __DIR__ . '/../emergency-access-broker/src/autoload.php';
require __DIR__ . '/support.php';
require __DIR__ . '/site.php';

$failed = 0;
$passed = 0;
foreach ( glob( __DIR__ . '/*Test.php' ) as $file ) {
	foreach ( ( require $file ) as $name => $case ) {
		try {
			$case();
			++$passed;
		} catch ( Throwable $error ) {
			++$failed;
			echo basename( $file ), ': ', $name, "\n    ", $error->getMessage(), ' (', basename( $error->getFile() ), ':', $error->getLine(), ")\n";
		}
	}
}
echo "$passed passed, $failed failed\n";
exit( 0 === $passed || $failed ? 1 : 0 );
