<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Site\AdminAccounts;
use EmergencyAccess\Broker\Site\Outside;
use Magento\Framework\Model\AbstractModel;
use Magento\User\Model\ResourceModel\User;

/** An admin account is gone. Magento tells of it by no event, and often knows no more than its number. */
final class DeletedAccount
{
    public function __construct(private readonly AdminAccounts $accounts, private readonly Outside $outside)
    {
    }

    /** @return bool */
    public function aroundDelete(User $subject, callable $proceed, AbstractModel $user)
    {
        $number = (int) $user->getId();
        $login = $this->accounts->loginOf($number);
        $deleted = $proceed($user);
        if ($deleted && '' !== $login) {
            $this->outside->note('user_deleted', $login, ['object' => "user $number"]);
        }
        return $deleted;
    }
}
