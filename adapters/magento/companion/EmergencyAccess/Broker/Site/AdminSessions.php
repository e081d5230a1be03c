<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Db;
use EmergencyAccess\Broker\Model\Sessions;
use Magento\Authorization\Model\UserContextInterface;
use Magento\Integration\Api\UserTokenRevokerInterface;
use Magento\Integration\Model\CustomUserContext;

/** Admin pages, tokens of the web API, and what was queued through it. */
final class AdminSessions implements Sessions
{
    private const LOGGED_OUT = 0;

    public function __construct(
        private readonly Db $db,
        private readonly UserTokenRevokerInterface $tokens,
        private readonly Queued $queued
    ) {
    }

    public function end(string $login): void
    {
        $this->db->write(
            "UPDATE {$this->db->table('admin_user_session')} SET status = ? WHERE user_id = ? AND status <> ?",
            [self::LOGGED_OUT, $this->userId($login), self::LOGGED_OUT]
        );
        $this->refuseTokens($login);
    }

    public function cancelQueued(string $login, int $since): void
    {
        $this->queued->cancel($this->userId($login), $since);
    }

    public function refuseTokens(string $login): void
    {
        $user = $this->userId($login);
        if (0 !== $user) {
            $this->tokens->revokeFor(new CustomUserContext($user, UserContextInterface::USER_TYPE_ADMIN));
        }
    }

    private function userId(string $login): int
    {
        $rows = $this->db->rows("SELECT user_id FROM {$this->db->table('admin_user')} WHERE username = ?", [$login]);
        return (int) ($rows[0]['user_id'] ?? 0);
    }
}
