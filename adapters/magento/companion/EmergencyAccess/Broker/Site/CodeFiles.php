<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use Magento\Framework\App\Filesystem\DirectoryList;

/**
 * Digests of the places where a site's own code stands.
 *
 * Of packages in vendor/ only Composer's own lists are looked at: a hundred thousand
 * files cannot be listed on each call.
 */
final class CodeFiles
{
    private const FILES = [
        'app/etc/config.php', 'app/etc/di.xml', 'composer.lock', 'vendor/composer/installed.json', 'pub/index.php',
    ];
    private const FOLDERS = ['app/code', 'app/design'];
    private const KINDS = ['php', 'phtml', 'xml', 'js'];

    public function __construct(private readonly DirectoryList $places)
    {
    }

    /** @return array<string,string> By place, '' where there is nothing. */
    public function digests(): array
    {
        $root = $this->places->getRoot() . '/';
        $found = [];
        foreach (self::FILES as $name) {
            $found[$name] = is_file($root . $name) ? (string) hash_file('sha256', $root . $name) : '';
        }
        foreach (self::FOLDERS as $name) {
            $found[$name] = is_dir($root . $name) ? self::listing($root . $name) : '';
        }
        return $found;
    }

    /** By name, size and time: reading them all would cost seconds on a large site. */
    private static function listing(string $folder): string
    {
        $lines = [];
        $files = new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator($folder, \FilesystemIterator::SKIP_DOTS));
        foreach ($files as $file) {
            if (in_array($file->getExtension(), self::KINDS, true)) {
                $lines[] = $file->getPathname() . ' ' . $file->getSize() . ' ' . $file->getMTime();
            }
        }
        sort($lines, SORT_STRING);
        return hash('sha256', implode("\n", $lines));
    }
}
