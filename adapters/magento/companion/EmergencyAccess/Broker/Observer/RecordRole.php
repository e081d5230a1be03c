<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Observer;

use EmergencyAccess\Broker\Site\Outside;
use Magento\Authorization\Model\Role;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;

/** A role was made, changed or deleted: everybody who has it can do more or less from now on. */
final class RecordRole implements ObserverInterface
{
    public function __construct(private readonly Outside $outside)
    {
    }

    public function execute(Observer $observer): void
    {
        $role = $observer->getEvent()->getData('data_object');
        if ($role instanceof Role) {
            $this->outside->note('role_changed', '', ['object' => 'role ' . (int) $role->getId()]);
        }
    }
}
