<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Db;
use Magento\Framework\App\Config\ScopeConfigInterface;

/** What would keep an admin from signing in when it matters, found out while there is still time. */
final class Readiness
{
    private const DAY = 86400;

    public function __construct(
        private readonly Db $db,
        private readonly ScopeConfigInterface $config,
        private readonly SecondFactor $second
    ) {
    }

    /**
     * @param array<string,string|null> $user A row of admin_user.
     * @return string[]
     */
    public function problems(array $user): array
    {
        $id = (int) $user['user_id'];
        $found = [
            'inactive' => '1' !== (string) $user['is_active'],
            'no_role' => !$this->any('authorization_role', "user_id = ? AND role_type = 'U' AND user_type = '2' AND parent_id > 0", [$id]),
            'locked' => $this->locked($user),
            'expired' => $this->any('admin_user_expiration', 'user_id = ? AND expires_at < UTC_TIMESTAMP()', [$id]),
            'password_old' => $this->passwordOld($id),
            'no_second_factor' => $this->second->missingFor($id),
        ];
        return array_keys(array_filter($found));
    }

    /**
     * The admin pages and the token route each have a lock of their own.
     *
     * @param array<string,string|null> $user
     */
    private function locked(array $user): bool
    {
        return $this->any('admin_user', 'user_id = ? AND lock_expires > UTC_TIMESTAMP()', [(int) $user['user_id']])
            || $this->any(
                'oauth_token_request_log',
                'user_name = ? AND user_type = 2 AND failures_count >= ? AND lock_expires_at > UTC_TIMESTAMP()',
                [(string) $user['username'], $this->setting('oauth/authentication_lock/max_failures_count', 6)]
            );
    }

    /** The admin pages refuse a password past its lifetime; the token route does not even ask. */
    private function passwordOld(int $user): bool
    {
        $days = $this->setting('admin/security/password_lifetime', 90);
        $rows = $this->db->rows("SELECT MAX(last_updated) AS changed FROM {$this->db->table('admin_passwords')} WHERE user_id = ?", [$user]);
        $changed = (int) ($rows[0]['changed'] ?? 0);
        return $days > 0 && $changed > 0 && $changed < time() - $days * self::DAY;
    }

    private function setting(string $path, int $otherwise): int
    {
        $value = $this->config->getValue($path);
        return null === $value ? $otherwise : (int) $value;
    }

    /** @param array<int,string|int> $values */
    private function any(string $table, string $where, array $values): bool
    {
        return [] !== $this->db->rows("SELECT 1 AS found FROM {$this->db->table($table)} WHERE $where LIMIT 1", $values);
    }
}
