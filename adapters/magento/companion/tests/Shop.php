<?php
declare(strict_types=1);

use EmergencyAccess\Broker\Model\Accounts;
use EmergencyAccess\Broker\Model\Db;
use EmergencyAccess\Broker\Model\MarkFile;
use EmergencyAccess\Broker\Model\Sessions;
use EmergencyAccess\Broker\Model\Site;

/** Stands in for the parts of Magento the companion leans on: admins with sessions and tokens, a tree of resources. */
final class Shop implements Accounts, Sessions, Site, MarkFile
{
    private const RESOURCES = [
        'Magento_Backend::admin', 'Magento_Backend::dashboard', 'Magento_Sales::sales', 'Magento_Sales::actions_view',
        'Magento_Sales::comment', 'Magento_Customer::manage', 'Magento_Review::reviews_all',
    ];

    public function __construct(private readonly Db $db, public readonly string $folder, private readonly string $module)
    {
    }

    public function build(): void
    {
        $this->db->write("DROP TABLE IF EXISTS {$this->admins()}");
        $this->db->write(
            "CREATE TABLE {$this->admins()} (login varchar(60) PRIMARY KEY, active int NOT NULL DEFAULT 1, "
            . 'sessions int NOT NULL DEFAULT 0, tokens int NOT NULL DEFAULT 0, queued int NOT NULL DEFAULT 0, told text NULL)'
        );
    }

    public function hire(string $login, int $sessions = 1): void
    {
        $this->db->add('stand_in_admin', ['login' => $login, 'sessions' => $sessions, 'tokens' => 1, 'queued' => 1, 'told' => '']);
    }

    /** What happened to an account, in order. */
    public function told(string $login): string
    {
        return trim((string) $this->row($login)['told']);
    }

    public function exists(string $login): bool
    {
        return ($this->row($login)['login'] ?? '') === $login;
    }

    public function logins(): array
    {
        return array_column($this->db->rows("SELECT login FROM {$this->admins()} ORDER BY login"), 'login');
    }

    public function switchOff(string $login): bool
    {
        return 1 === $this->tell($login, 'off', 'active = 0', 'active = 1');
    }

    public function switchOn(string $login): void
    {
        $this->tell($login, 'on', 'active = 1', '1 = 1');
    }

    public function deleteApiKeys(string $login): int
    {
        $who = $login === '*' ? $this->logins() : [$login];
        return array_sum(array_map(fn (string $each): int => $this->tell($each, 'keys', 'tokens = 0', 'tokens > 0'), $who));
    }

    public function standing(): array
    {
        return array_map(
            static fn (array $row): array => [
                'account' => $row['login'], 'roles' => ['Catalogue clerk'], 'sessions' => (int) $row['sessions'],
                'application_passwords' => 0, 'api_keys' => (int) $row['tokens'],
            ],
            $this->db->rows("SELECT * FROM {$this->admins()} WHERE active = 1 ORDER BY login")
        );
    }

    public function readiness(string $login): array
    {
        $row = $this->row($login);
        return $row ? ((int) $row['active'] ? [] : ['inactive']) : ['unknown_account'];
    }

    public function end(string $login): void
    {
        $this->tell($login, 'ended', 'sessions = 0', '1 = 1');
    }

    public function cancelQueued(string $login, int $since): void
    {
        $this->tell($login, "cancelled:$since", 'queued = 0', '1 = 1');
    }

    public function refuseTokens(string $login): void
    {
        $this->tell($login, 'tokens', 'tokens = 0', '1 = 1');
    }

    public function platform(): string
    {
        return 'Stand-in 2.4';
    }

    public function version(): string
    {
        return json_decode((string) file_get_contents($this->module . '/composer.json'), true)['version'];
    }

    public function digest(): string
    {
        return EmergencyAccess\Broker\Model\Digest::ofFiles($this->module);
    }

    public function features(): array
    {
        return ['stand-in'];
    }

    public function problems(int $now): array
    {
        return [];
    }

    public function above(string $resource): ?array
    {
        if ($resource === 'Magento_Payment::payment') {
            return ['Magento_Backend::admin', 'Magento_Config::config'];
        }
        return in_array($resource, self::RESOURCES, true) ? ['Magento_Backend::admin'] : null;
    }

    public function effective(array $resources): array
    {
        return [...$resources, ...(in_array('Magento_Sales::actions_view', $resources, true) ? ['GET /V1/orders'] : [])];
    }

    public function read(string $name): int
    {
        return is_file("$this->folder/$name") ? (int) file_get_contents("$this->folder/$name") : 0;
    }

    public function raise(string $name, int $mark): void
    {
        if ($mark > $this->read($name)) {
            $this->put($name, $mark);
        }
    }

    public function put(string $name, int $mark): void
    {
        if (is_dir($this->folder)) {
            file_put_contents("$this->folder/$name", (string) $mark, LOCK_EX);
        }
    }

    private function tell(string $login, string $what, string $change, string $where): int
    {
        return $this->db->write("UPDATE {$this->admins()} SET $change, told = CONCAT(told, ?) WHERE login = ? AND $where", [" $what", $login]);
    }

    /** @return array<string,string|null>|null */
    private function row(string $login): ?array
    {
        return $this->db->rows("SELECT * FROM {$this->admins()} WHERE login = ?", [$login])[0] ?? null;
    }

    private function admins(): string
    {
        return $this->db->table('stand_in_admin');
    }
}
