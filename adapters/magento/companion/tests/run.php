<?php
/**
 * Runs the tests of the module's classes that need no Magento: php run.php mysql:unix_socket=...;dbname=...
 *
 * One file a subject; each returns its cases as name => function, and a case
 * fails by throwing. No framework, so that any machine with PHP and MariaDB can run them.
 */
declare(strict_types=1);

require __DIR__ . '/autoload.php';
require __DIR__ . '/stubs.php';
require __DIR__ . '/support.php';

(new PdoDb(dsn()))->build(SCHEMA);

$failed = 0;
$passed = 0;
foreach (glob(__DIR__ . '/*Test.php') as $file) {
    foreach ((require $file) as $name => $case) {
        try {
            $case();
            ++$passed;
        } catch (Throwable $error) {
            ++$failed;
            echo basename($file), ': ', $name, "\n    ", $error->getMessage(), ' (', basename($error->getFile()), ':', $error->getLine(), ")\n";
        }
    }
}
echo "$passed passed, $failed failed\n";
exit($passed === 0 || $failed ? 1 : 0);
