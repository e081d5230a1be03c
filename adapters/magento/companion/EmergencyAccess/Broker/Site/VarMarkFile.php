<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\MarkFile;
use Magento\Framework\App\Filesystem\DirectoryList;
use Magento\Framework\Filesystem;

/** var/emergency_access: outside the database and outside the web root. */
final class VarMarkFile implements MarkFile
{
    private const FOLDER = 'emergency_access/';
    private const WIDTH = 20;

    public function __construct(private readonly Filesystem $files)
    {
    }

    public function read(string $name): int
    {
        try {
            return (int) $this->files->getDirectoryRead(DirectoryList::VAR_DIR)->readFile(self::FOLDER . $name);
        } catch (\Exception) {
            return 0;
        }
    }

    public function raise(string $name, int $mark): void
    {
        $this->write($name, static fn (int $before): int => max($before, $mark));
    }

    public function put(string $name, int $mark): void
    {
        $this->write($name, static fn (int $before): int => $mark);
    }

    /** @param callable(int):int $choose */
    private function write(string $name, callable $choose): void
    {
        try {
            $file = $this->files->getDirectoryWrite(DirectoryList::VAR_DIR)->openFile(self::FOLDER . $name, 'c+');
            $file->lock();
            $before = (int) $file->readAll();
            $chosen = $choose($before);
            if ($chosen !== $before) {
                $file->seek(0);
                // Always as wide as the widest: a shorter number must not leave the end of a longer one behind.
                $file->write(str_pad((string) $chosen, self::WIDTH));
            }
            $file->unlock();
            $file->close();
        } catch (\Exception) {
            // In a read-only folder the mark of the database stands alone; the broker compares that one, too.
            return;
        }
    }
}
