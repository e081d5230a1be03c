<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Cron;

use EmergencyAccess\Broker\Model\EndOfLease;
use EmergencyAccess\Broker\Site\LastSweep;

/** Once a minute, for sessions of people who do not come back. */
final class Sweep
{
    public function __construct(private readonly EndOfLease $end, private readonly LastSweep $last)
    {
    }

    public function execute(): void
    {
        $this->end->sweep(time());
        $this->last->remember(time());
    }
}
