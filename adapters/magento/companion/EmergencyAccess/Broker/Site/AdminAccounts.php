<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Accounts;
use EmergencyAccess\Broker\Model\Db;

/** Magento's admin users, read past its models so that nothing cached answers. */
final class AdminAccounts implements Accounts
{
    public function __construct(
        private readonly Db $db,
        private readonly Readiness $readiness,
        private readonly ApiKeys $keys
    ) {
    }

    public function exists(string $login): bool
    {
        return null !== $this->find($login);
    }

    public function logins(): array
    {
        return array_column($this->db->rows("SELECT username FROM {$this->users()}"), 'username');
    }

    public function switchOff(string $login): bool
    {
        return 1 === $this->db->write("UPDATE {$this->users()} SET is_active = 0 WHERE username = ? AND is_active = 1", [$login]);
    }

    public function switchOn(string $login): void
    {
        $this->db->write("UPDATE {$this->users()} SET is_active = 1 WHERE username = ?", [$login]);
    }

    public function deleteApiKeys(string $login): int
    {
        if ('*' === $login) {
            return $this->keys->deleteOfIntegrations();
        }
        $user = $this->find($login);
        return $user ? $this->keys->deleteOf((int) $user['user_id']) : 0;
    }

    public function standing(): array
    {
        $standing = [];
        foreach ($this->db->rows($this->standingQuery()) as $row) {
            $standing[] = [
                'account' => (string) $row['username'],
                'roles' => array_values(array_filter([(string) $row['role_name']])),
                'sessions' => (int) $row['sessions'],
                'application_passwords' => 0,
                'api_keys' => (int) $row['api_keys'],
            ];
        }
        return $standing;
    }

    public function readiness(string $login): array
    {
        $user = $this->find($login);
        return $user ? $this->readiness->problems($user) : ['unknown_account'];
    }

    /** '' when there is no such account. */
    public function loginOf(int $user): string
    {
        $rows = $this->db->rows("SELECT username FROM {$this->users()} WHERE user_id = ?", [$user]);
        return (string) ($rows[0]['username'] ?? '');
    }

    /** @return array<string,string|null>|null */
    private function find(string $login): ?array
    {
        $rows = $this->db->rows("SELECT * FROM {$this->users()} WHERE username = ?", [$login]);
        // The database compares without case and accents.
        return isset($rows[0]) && $rows[0]['username'] === $login ? $rows[0] : null;
    }

    private function users(): string
    {
        return $this->db->table('admin_user');
    }

    private function standingQuery(): string
    {
        return "SELECT u.username, g.role_name,
            (SELECT COUNT(*) FROM {$this->db->table('admin_user_session')} s WHERE s.user_id = u.user_id AND s.status = 1) AS sessions,
            (SELECT COUNT(*) FROM {$this->db->table('oauth_token')} t
                WHERE t.admin_id = u.user_id AND t.type = 'access' AND t.revoked = 0) AS api_keys
            FROM {$this->users()} u
            LEFT JOIN {$this->db->table('authorization_role')} m
                ON m.user_id = u.user_id AND m.role_type = 'U' AND m.user_type = '2'
            LEFT JOIN {$this->db->table('authorization_role')} g ON g.role_id = m.parent_id
            WHERE u.is_active = 1 ORDER BY u.username";
    }
}
