<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\MarkFile;
use Magento\Framework\App\Filesystem\DirectoryList;
use Magento\Framework\Filesystem;

/** var/emergency_access/mark: outside the database and outside the web root. */
final class VarMarkFile implements MarkFile
{
    private const NAME = 'emergency_access/mark';

    public function __construct(private readonly Filesystem $files)
    {
    }

    public function read(): int
    {
        try {
            return (int) $this->files->getDirectoryRead(DirectoryList::VAR_DIR)->readFile(self::NAME);
        } catch (\Exception) {
            return 0;
        }
    }

    public function raise(int $mark): void
    {
        try {
            $file = $this->files->getDirectoryWrite(DirectoryList::VAR_DIR)->openFile(self::NAME, 'c+');
            $file->lock();
            if ($mark > (int) $file->readAll()) {
                $file->seek(0);
                $file->write(str_pad((string) $mark, 20));
            }
            $file->unlock();
            $file->close();
        } catch (\Exception) {
            // A read-only folder leaves the mark of the database alone; the broker compares that one, too.
            return;
        }
    }
}
