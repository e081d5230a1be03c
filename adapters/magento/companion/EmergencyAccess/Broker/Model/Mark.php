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
    public function __construct(
        private readonly StateTable $state,
        private readonly MarkFile $file,
        private readonly PairingSource $source,
    ) {
    }

    public function known(): int
    {
        return $this->state->number($this->name());
    }

    public function isRestored(): bool
    {
        // The file first: whoever raises both writes it last.
        return $this->file->read($this->name()) > $this->known();
    }

    /** Whether a restored database would be noticed here as well, and not by the broker alone. */
    public function isKeptOutside(): bool
    {
        return $this->file->read($this->name()) >= $this->known();
    }

    /** Never while the database is older than the site: only the broker knows what is missing from it. */
    public function keep(int $mark): void
    {
        if ($mark > min($this->known(), $this->file->read($this->name())) && !$this->isRestored()) {
            $this->state->raise($this->name(), $mark);
            $this->file->raise($this->name(), $mark);
        }
    }

    /** Everything that went missing was sent again. */
    public function resume(int $mark): void
    {
        $this->state->put($this->name(), $mark);
        $this->file->put($this->name(), $mark);
    }

    /** Another broker counts from the beginning. */
    private function name(): string
    {
        $pairing = $this->source->pairing();
        return 'mark-' . substr(hash('sha256', $pairing->issuer . "\n" . $pairing->site), 0, 32);
    }
}
