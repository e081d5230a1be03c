<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The high-water mark outside the database, so that a restored database is noticed. */
interface MarkFile
{
    /** 0 when there is none of that name or it cannot be read. */
    public function read(string $name): int;

    /** Never lowers it; says nothing when the folder is not writable. */
    public function raise(string $name, int $mark): void;

    /** Whatever it was before; says nothing when the folder is not writable. */
    public function put(string $name, int $mark): void;
}
