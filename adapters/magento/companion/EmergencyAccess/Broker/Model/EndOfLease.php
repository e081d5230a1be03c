<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** What happens on the site when a grant is over: with the account's last one everything that lets it in ends. */
final class EndOfLease
{
    public function __construct(
        private readonly LeaseTable $table,
        private readonly LiveLeases $live,
        private readonly EndedGrants $ended,
        private readonly Sessions $sessions,
        private readonly EventChain $events,
    ) {
    }

    /** End everything whose time has come. One indexed read when there is nothing to do. */
    public function sweep(int $now): void
    {
        $byAccount = [];
        $due = $this->table->due($now);
        $early = array_filter($due, fn (array $row): bool => !$this->isOverAnyway($row, $now));
        $this->ended->add(array_column($early, 'grant_id'), $now);
        foreach ($due as $row) {
            $byAccount[$row['account']][] = $row;
        }
        foreach ($byAccount as $account => $rows) {
            $this->end((string) $account, $rows, $now);
        }
    }

    /**
     * Whether its signature alone ends it by now, whatever becomes of the row.
     *
     * @param array<string,string> $row
     */
    private function isOverAnyway(array $row, int $now): bool
    {
        $lease = $this->live->signed($row);
        return $lease && $lease->expiresAt <= $now;
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
        $this->cancelQueued($account, $rows, $others);
        if (!$others) {
            $this->sessions->end($account);
        }
        foreach ($ended as $grant) {
            if ($this->table->markEnded($grant, $now)) {
                $this->events->record('lease_ended', $grant, $account, [], $now);
            }
        }
    }

    /**
     * What was queued under a grant does not run after it, but for what another grant opens as well (an extension).
     *
     * @param array<int,array<string,string>> $rows
     * @param Lease[] $others
     */
    private function cancelQueued(string $account, array $rows, array $others): void
    {
        $since = [];
        foreach ($rows as $row) {
            $lease = $this->live->signed($row);
            $taken = $lease ? array_filter($others, static fn (Lease $other): bool => $other->scope->covers($lease->scope)) : [];
            if (!$taken) {
                $since[] = $lease ? $lease->notBefore - Lease::NOT_BEFORE_LEEWAY : 0;
            }
        }
        if ($since) {
            $this->sessions->cancelQueued($account, min($since));
        }
    }
}
