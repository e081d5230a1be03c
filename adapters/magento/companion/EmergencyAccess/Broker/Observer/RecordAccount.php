<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Observer;

use EmergencyAccess\Broker\Site\Outside;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\User\Model\User;

/** An admin account was made, given another role or another password, whoever did it. */
final class RecordAccount implements ObserverInterface
{
    public function __construct(private readonly Outside $outside)
    {
    }

    public function execute(Observer $observer): void
    {
        $user = $observer->getEvent()->getData('data_object');
        if (!$user instanceof User) {
            return;
        }
        $happened = [
            'user_created' => $user->isObjectNew(),
            'role_changed' => !$user->isObjectNew() && $user->hasData('role_id'),
            'password_changed' => !$user->isObjectNew() && $user->dataHasChangedFor('password'),
        ];
        foreach (array_keys(array_filter($happened)) as $kind) {
            $facts = ['object' => 'user ' . (int) $user->getId()];
            if ($user->hasData('role_id')) {
                $facts['role'] = (int) $user->getData('role_id');
            }
            $this->outside->note($kind, (string) $user->getData('username'), $facts);
        }
    }
}
