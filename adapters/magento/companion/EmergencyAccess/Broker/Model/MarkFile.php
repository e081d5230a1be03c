<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The high-water mark outside the database, so that a restored database is noticed. */
interface MarkFile
{
    /** 0 when there is none or it cannot be read. */
    public function read(): int;

    /** Never lowers it; says nothing when the folder is not writable. */
    public function raise(int $mark): void;
}
