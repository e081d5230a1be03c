<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** A text outside the database, so that what it says does not hang on rows. */
interface EndedFile
{
    /** '' when there is none or it cannot be read. */
    public function text(): string;

    /**
     * One change after another, each seen whole or not at all; says nothing when the folder is not writable.
     *
     * @param callable(string):string $change
     */
    public function change(callable $change): void;
}
