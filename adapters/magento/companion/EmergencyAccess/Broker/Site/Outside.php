<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\EventChain;
use EmergencyAccess\Broker\Model\StorageFailed;

/** What happened beside every grant. Writing it down never stands in the way of the site's own work. */
final class Outside
{
    public function __construct(private readonly EventChain $events)
    {
    }

    /** @param array<string,string|int> $facts */
    public function note(string $kind, string $account, array $facts): void
    {
        try {
            $this->events->record($kind, '', $account, $facts, time());
        } catch (StorageFailed) {
            return;
        }
    }
}
