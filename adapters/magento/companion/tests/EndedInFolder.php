<?php
declare(strict_types=1);

use EmergencyAccess\Broker\Model\EndedFile;

/** As Site\VarEndedFile does it, without Magento. */
final class EndedInFolder implements EndedFile
{
    private string $path;

    public function __construct(private readonly string $folder)
    {
        $this->path = "$folder/ended";
    }

    public function text(): string
    {
        return is_file($this->path) ? (string) file_get_contents($this->path) : '';
    }

    public function change(callable $change): void
    {
        if (!is_dir($this->folder)) {
            return;
        }
        $lock = fopen("$this->path.lock", 'c');
        flock($lock, LOCK_EX);
        file_put_contents("$this->path.new", $change($this->text()));
        rename("$this->path.new", $this->path);
        fclose($lock);
    }
}
