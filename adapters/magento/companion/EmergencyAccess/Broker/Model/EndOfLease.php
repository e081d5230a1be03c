<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** What happens on the site when a grant is over: with the account's last one everything that lets it in ends. */
final class EndOfLease
{
    public function __construct(
        private readonly LeaseTable $table,
        private readonly LiveLeases $live,
        private readonly Sessions $sessions,
        private readonly EventChain $events,
    ) {
    }

    /** End everything whose time has come. One indexed read when there is nothing to do. */
    public function sweep(int $now): void
    {
        $byAccount = [];
        foreach ($this->table->due($now) as $row) {
            $byAccount[$row['account']][] = $row;
        }
        foreach ($byAccount as $account => $rows) {
            $this->end((string) $account, $rows, $now);
        }
    }

    /**
     * Sessions first, then the mark: dying in between repeats the first step and forgets nothing.
     *
     * @param array<int,array<string,string>> $rows
     */
    private function end(string $account, array $rows, int $now): void
    {
        $ended = array_column($rows, 'grant_id');
        $others = array_filter(
            $this->live->of($account, $now),
            static fn (Lease $lease): bool => !in_array($lease->grant, $ended, true)
        );
        if (!$others) {
            $this->sessions->end($account, $this->since($rows));
        }
        foreach ($ended as $grant) {
            if ($this->table->markEnded($grant, $now)) {
                $this->events->record('lease_ended', $grant, $account, [], $now);
            }
        }
    }

    /** @param array<int,array<string,string>> $rows */
    private function since(array $rows): int
    {
        $begun = array_map(fn (array $row): int => $this->live->signed($row)?->notBefore ?? 0, $rows);
        return max(0, min($begun) - Lease::NOT_BEFORE_LEEWAY);
    }
}
