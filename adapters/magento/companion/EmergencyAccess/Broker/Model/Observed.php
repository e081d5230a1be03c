<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** What is really active on this site, and who could get in anyway. */
final class Observed
{
    private const MOST = 1000;

    public function __construct(
        private readonly LeaseTable $table,
        private readonly LiveLeases $live,
        private readonly FrozenAccounts $frozen,
        private readonly OrderTable $orders,
        private readonly Accounts $accounts,
    ) {
    }

    /** @return array<string,mixed> */
    public function now(int $now): array
    {
        $this->table->prune($now);
        $standing = $this->accounts->standing();
        $shut = $this->switchedOff(array_column($standing, 'account'));
        $accounts = array_map($this->withFrozen(...), [...$standing, ...$shut]);
        return [
            'active' => array_map(self::told(...), $this->live->all($now)),
            'accounts' => array_slice($accounts, 0, self::MOST),
            'accounts_left_off' => max(0, count($accounts) - self::MOST),
            'frozen' => $this->frozen->areAll(),
        ];
    }

    /**
     * @param string[] $accounts
     * @return array<int,array{account:string,problems:string[]}>
     */
    public function readiness(array $accounts): array
    {
        return array_map(
            fn (string $account): array => [
                'account' => $account,
                'problems' => [
                    ...$this->accounts->readiness($account),
                    ...($this->frozen->has($account) ? ['frozen'] : []),
                ],
            ],
            $accounts
        );
    }

    /**
     * They cannot get in, and are no longer among those who can.
     *
     * @param string[] $standing
     * @return array<int,array<string,mixed>>
     */
    private function switchedOff(array $standing): array
    {
        return array_map(
            static fn (string $account): array => [
                'account' => $account, 'roles' => [], 'sessions' => 0, 'application_passwords' => 0, 'api_keys' => 0,
            ],
            array_values(array_diff($this->orders->switchedOff(), $standing))
        );
    }

    /**
     * @param array<string,mixed> $standing
     * @return array<string,mixed>
     */
    private function withFrozen(array $standing): array
    {
        return [
            'account' => Word::login($standing['account']),
            'roles' => array_map(Word::carried(...), $standing['roles']),
            'frozen' => $this->frozen->has($standing['account']),
        ] + $standing;
    }

    /** @return array<string,string|int> */
    private static function told(Lease $lease): array
    {
        return [
            'grant' => $lease->grant,
            'account' => $lease->account,
            'version' => $lease->version,
            'expires_at' => $lease->expiresAt,
        ];
    }
}
