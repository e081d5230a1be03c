<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Db;
use EmergencyAccess\Broker\Model\FrozenAccounts;

/** Whether whoever is asking is frozen. */
final class Frozen
{
    private string $readFor = '';
    private bool $answer = false;

    public function __construct(
        private readonly Activity $activity,
        private readonly Db $db,
        private readonly FrozenAccounts $accounts,
        private readonly CurrentAdmin $admin
    ) {
    }

    /** Read anew at most once a second. */
    public function isCurrentAdmin(int $now): bool
    {
        $login = $this->activity->isFrozen($now) ? $this->admin->login() : '';
        if ('' === $login) {
            return false;
        }
        if ($this->readFor !== "$now $login") {
            $this->answer = $this->accounts->has($login);
            $this->readFor = "$now $login";
        }
        return $this->answer;
    }

    /** By a login as somebody typed it: Magento takes any case for the same account. */
    public function isTyped(string $login): bool
    {
        if (!$this->activity->isFrozen(time())) {
            return false;
        }
        $rows = $this->db->rows("SELECT username FROM {$this->db->table('admin_user')} WHERE username = ?", [$login]);
        return isset($rows[0]) && $this->accounts->has((string) $rows[0]['username']);
    }
}
