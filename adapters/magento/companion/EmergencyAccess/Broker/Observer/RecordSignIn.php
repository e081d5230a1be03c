<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Observer;

use EmergencyAccess\Broker\Model\EventChain;
use EmergencyAccess\Broker\Model\LiveLeases;
use EmergencyAccess\Broker\Site\Deed;
use Magento\Framework\App\State;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;

/** Somebody who holds a lease signed in, by page or for a token. */
final class RecordSignIn implements ObserverInterface
{
    public function __construct(
        private readonly LiveLeases $live,
        private readonly EventChain $events,
        private readonly State $state
    ) {
    }

    public function execute(Observer $observer): void
    {
        if (!$observer->getEvent()->getData('result')) {
            return;
        }
        $now = time();
        $login = (string) $observer->getEvent()->getData('username');
        foreach ($this->live->all($now) as $lease) {
            if (0 === strcasecmp($lease->account, $login)) {
                $deed = new Deed(Deed::SIGNED_IN, 'account', $this->state->getAreaCode());
                $this->events->record($deed->kind, $lease->grant, $lease->account, $deed->facts(), $now);
            }
        }
    }
}
