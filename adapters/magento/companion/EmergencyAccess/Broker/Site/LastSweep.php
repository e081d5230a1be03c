<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\StateTable;

/** When Magento's cron last swept: sessions end by it where nobody visits. */
final class LastSweep
{
    private const NAME = 'cron_swept_at';
    private const LATE = 900;

    public function __construct(private readonly StateTable $state)
    {
    }

    public function remember(int $now): void
    {
        $this->state->raise(self::NAME, $now);
    }

    public function isOverdue(int $now): bool
    {
        return $now - $this->state->number(self::NAME) > self::LATE;
    }
}
