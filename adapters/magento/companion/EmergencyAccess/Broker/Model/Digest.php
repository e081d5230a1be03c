<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** A digest over the companion's own files, so that the broker notices another version or an edit. */
final class Digest
{
    private const KINDS = ['php', 'xml', 'phtml', 'json'];

    /** SHA-256 over "name NUL sha256-hex LF" of every file that decides what the module does, sorted by name. */
    public static function ofFiles(string $folder): string
    {
        $lines = [];
        $found = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS));
        foreach ($found as $file) {
            if (in_array($file->getExtension(), self::KINDS, true)) {
                $name = str_replace('\\', '/', substr($file->getPathname(), strlen($folder) + 1));
                $lines[$name] = $name . "\0" . hash_file('sha256', $file->getPathname()) . "\n";
            }
        }
        ksort($lines, SORT_STRING);
        return hash('sha256', implode('', $lines));
    }
}
