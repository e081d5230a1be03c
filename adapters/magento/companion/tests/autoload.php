<?php
declare(strict_types=1);

error_reporting(E_ALL);
set_error_handler(static function (int $level, string $message, string $file, int $line): bool {
    throw new ErrorException($message, 0, $level, $file, $line);
});

const MODULE = __DIR__ . '/../EmergencyAccess/Broker';
const SCHEMA = MODULE . '/etc/db_schema.xml';

spl_autoload_register(static function (string $class): void {
    $file = preg_match('/\AEmergencyAccess\\\\Broker\\\\((?:Model|Plugin|Site)\\\\\w+)\z/', $class, $found)
        ? MODULE . '/' . str_replace('\\', '/', $found[1]) . '.php'
        : __DIR__ . "/$class.php";
    if (is_file($file)) {
        require $file;
    }
});
