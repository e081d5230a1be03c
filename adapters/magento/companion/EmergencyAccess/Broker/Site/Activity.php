<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Db;

/** Whether anything is lent or frozen at all: one indexed read a second, and nothing more on a quiet day. */
final class Activity
{
    private int $readAt = 0;
    private bool $lent = false;
    private bool $frozen = false;

    public function __construct(private readonly Db $db)
    {
    }

    /** True as well for what is over and waits to be ended. */
    public function isLent(int $now): bool
    {
        $this->read($now);
        return $this->lent;
    }

    public function isFrozen(int $now): bool
    {
        $this->read($now);
        return $this->frozen;
    }

    private function read(int $now): void
    {
        if ($this->readAt === $now) {
            return;
        }
        $rows = $this->db->rows(
            "SELECT EXISTS (SELECT 1 FROM {$this->db->table('emergency_access_lease')} WHERE ended_at = 0) AS lent,
            EXISTS (SELECT 1 FROM {$this->db->table('emergency_access_containment')} WHERE standing = 'frozen') AS frozen"
        );
        $this->lent = (bool) (int) ($rows[0]['lent'] ?? 0);
        $this->frozen = (bool) (int) ($rows[0]['frozen'] ?? 0);
        $this->readAt = $now;
    }
}
