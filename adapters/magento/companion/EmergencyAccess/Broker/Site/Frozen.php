<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Db;
use EmergencyAccess\Broker\Model\FrozenAccounts;

/** Whether whoever is asking is frozen; one read a second, and nothing more while nobody is. */
final class Frozen
{
    private int $readAt = 0;
    private bool $anybody = false;

    public function __construct(
        private readonly Db $db,
        private readonly FrozenAccounts $accounts,
        private readonly CurrentAdmin $admin
    ) {
    }

    public function isCurrentAdmin(): bool
    {
        if (!$this->isAnybody(time())) {
            return false;
        }
        $login = $this->admin->login();
        return '' !== $login && $this->accounts->has($login);
    }

    /** By a login as somebody typed it: Magento takes any case for the same account. */
    public function isTyped(string $login): bool
    {
        if (!$this->isAnybody(time())) {
            return false;
        }
        $rows = $this->db->rows("SELECT username FROM {$this->db->table('admin_user')} WHERE username = ?", [$login]);
        return isset($rows[0]) && $this->accounts->has((string) $rows[0]['username']);
    }

    private function isAnybody(int $now): bool
    {
        if ($this->readAt !== $now) {
            $table = $this->db->table('emergency_access_containment');
            $this->anybody = [] !== $this->db->rows("SELECT 1 AS one FROM $table WHERE standing = 'frozen' LIMIT 1");
            $this->readAt = $now;
        }
        return $this->anybody;
    }
}
