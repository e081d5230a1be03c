<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Observer;

use EmergencyAccess\Broker\Site\Outside;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\User\Model\User;

/** An admin account is gone. */
final class RecordAccountDeleted implements ObserverInterface
{
    public function __construct(private readonly Outside $outside)
    {
    }

    public function execute(Observer $observer): void
    {
        $user = $observer->getEvent()->getData('data_object');
        if ($user instanceof User) {
            $facts = ['object' => 'user ' . (int) $user->getId()];
            $this->outside->note('user_deleted', (string) $user->getData('username'), $facts);
        }
    }
}
