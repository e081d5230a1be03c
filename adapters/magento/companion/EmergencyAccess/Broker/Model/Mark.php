<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/**
 * The highest document version this site was told of, in the database and outside it.
 *
 * A file that knows more than the database means that the database was restored
 * from a backup: nothing it holds is enforced until the broker has sent again
 * what went missing.
 */
final class Mark
{
    private const NAME = 'mark';

    public function __construct(private readonly StateTable $state, private readonly MarkFile $file)
    {
    }

    public function known(): int
    {
        return $this->state->number(self::NAME);
    }

    public function isRestored(): bool
    {
        return $this->file->read() > $this->known();
    }

    /** Whether a restored database would be noticed here as well, and not by the broker alone. */
    public function isKeptOutside(): bool
    {
        return $this->file->read() >= $this->known();
    }

    /** Never while the database is older than the site: only the broker knows what is missing from it. */
    public function keep(int $mark): void
    {
        if ($mark > $this->known() && !$this->isRestored()) {
            $this->raise($mark);
        }
    }

    /** Everything that went missing was sent again. */
    public function resume(int $mark): void
    {
        $this->raise(max($mark, $this->file->read()));
    }

    /** The database first: dying in between must not look like a restored database. */
    private function raise(int $mark): void
    {
        $this->state->raise(self::NAME, $mark);
        $this->file->raise($mark);
    }
}
