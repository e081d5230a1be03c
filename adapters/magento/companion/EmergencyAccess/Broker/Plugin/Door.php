<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Model\EndOfLease;
use EmergencyAccess\Broker\Model\StorageFailed;
use EmergencyAccess\Broker\Site\Activity;
use Magento\Framework\App\FrontControllerInterface;

/** Ends what is over at the beginning of each admin page and API call: the broker may be dead, and cron may not run. */
final class Door
{
    public function __construct(private readonly Activity $activity, private readonly EndOfLease $end)
    {
    }

    public function beforeDispatch(FrontControllerInterface $subject): void
    {
        try {
            $now = time();
            if ($this->activity->isLent($now)) {
                $this->end->sweep($now);
            }
        } catch (StorageFailed) {
            // Every permission looks at the clock itself; the next request sweeps again.
            return;
        }
    }
}
