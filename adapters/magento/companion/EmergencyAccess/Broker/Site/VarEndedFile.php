<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\EndedFile;
use Magento\Framework\App\Filesystem\DirectoryList;
use Magento\Framework\Filesystem;

/** In var/emergency_access, beside the mark. */
final class VarEndedFile implements EndedFile
{
    private const FILE = 'emergency_access/ended';

    public function __construct(private readonly Filesystem $files)
    {
    }

    public function text(): string
    {
        try {
            return $this->files->getDirectoryRead(DirectoryList::VAR_DIR)->readFile(self::FILE);
        } catch (\Exception) {
            return '';
        }
    }

    public function change(callable $change): void
    {
        try {
            $folder = $this->files->getDirectoryWrite(DirectoryList::VAR_DIR);
            // A file of its own: the other one is replaced, because readers wait for nobody.
            $lock = $folder->openFile(self::FILE . '.lock', 'c');
            $lock->lock();
            $folder->writeFile(self::FILE . '.new', $change($this->text()));
            $folder->renameFile(self::FILE . '.new', self::FILE);
            $lock->unlock();
            $lock->close();
        } catch (\Exception) {
            // In a read-only folder the rows stand alone, as the mark does.
            return;
        }
    }
}
