<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Observer;

use EmergencyAccess\Broker\Site\Frozen;
use Magento\Framework\Event\Observer;
use Magento\Framework\Event\ObserverInterface;
use Magento\Framework\Exception\AuthenticationException;

/** No sign-in, by page or by token, for whom the broker froze, even where somebody made the account active again. */
final class RefuseFrozen implements ObserverInterface
{
    public function __construct(private readonly Frozen $frozen)
    {
    }

    public function execute(Observer $observer): void
    {
        if ($this->frozen->isTyped((string) $observer->getEvent()->getData('username'))) {
            throw new AuthenticationException(__('This account is frozen because of an incident. Call your security team.'));
        }
    }
}
