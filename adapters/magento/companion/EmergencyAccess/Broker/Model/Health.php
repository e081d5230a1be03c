<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The companion about itself. */
final class Health
{
    public function __construct(
        private readonly PairingSource $source,
        private readonly LiveLeases $live,
        private readonly Mark $mark,
        private readonly Site $site,
    ) {
    }

    /** @return array<string,mixed> */
    public function now(int $now): array
    {
        return [
            'platform' => $this->site->platform(),
            'companion' => $this->site->version(),
            'digest' => $this->site->digest(),
            'edition' => 'companion',
            'features' => $this->site->features(),
            'keys' => array_keys($this->source->pairing()->keys),
            'problems' => [...$this->own(), ...$this->site->problems($now)],
        ];
    }

    /** @return string[] */
    private function own(): array
    {
        return array_keys(array_filter([
            'restored' => $this->mark->isRestored(),
            'mark_not_kept' => !$this->mark->isKeptOutside(),
            'rows_unproven' => $this->live->unproven() > 0,
        ]));
    }
}
