<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The leases that hold at this moment, each proven again from its signature. */
final class LiveLeases
{
    public function __construct(
        private readonly LeaseTable $table,
        private readonly PairingSource $source,
        private readonly Mark $mark,
        private readonly FrozenAccounts $frozen,
        private readonly EndedGrants $ended,
    ) {
    }

    /** @return Lease[] Those of one login; a row moved to another account proves nothing there. */
    public function of(string $account, int $now): array
    {
        return $this->live($this->table->openFor($account), $now);
    }

    /** @return Lease[] */
    public function all(int $now): array
    {
        return $this->live($this->table->allOpen(), $now);
    }

    /** How many open rows somebody has tampered with, or another broker's key has signed. */
    public function unproven(): int
    {
        // But for those that wait to be applied again.
        $rows = array_filter($this->table->allOpen(), static fn (array $row): bool => $row['lease'] !== '');
        return count($rows) - count($this->proven($rows));
    }

    /** @param array<string,string> $row */
    public function isProven(array $row): bool
    {
        return (bool) $this->proven([$row]);
    }

    /**
     * The lease a row held when it was still open, for telling what ended; null when it is not that row's.
     *
     * @param array<string,string> $row
     */
    public function signed(array $row): ?Lease
    {
        $pairing = $this->pairing();
        return $pairing ? self::read($row, $pairing) : null;
    }

    /**
     * @param array<int,array<string,string>> $rows
     * @return Lease[]
     */
    private function live(array $rows, int $now): array
    {
        $live = array_filter($this->proven($rows), static fn (Lease $lease): bool => $lease->isLive($now));
        // A database older than the site may hold what was revoked since.
        $believed = $live && !$this->mark->isRestored() ? $live : [];
        // So may a single row that somebody put back.
        $ended = $believed ? $this->ended->grants($now) : [];
        return array_values(array_filter(
            $believed,
            fn (Lease $lease): bool => !isset($ended[$lease->grant]) && !$this->frozen->has($lease->account)
        ));
    }

    /**
     * @param array<int,array<string,string>> $rows
     * @return Lease[]
     */
    private function proven(array $rows): array
    {
        $pairing = $rows ? $this->pairing() : null;
        return $pairing ? array_filter(array_map(static fn (array $row): ?Lease => self::prove($row, $pairing), $rows)) : [];
    }

    private function pairing(): ?Pairing
    {
        try {
            return $this->source->pairing();
        } catch (Refusal $refusal) {
            return null;
        }
    }

    /** @param array<string,string> $row */
    private static function prove(array $row, Pairing $pairing): ?Lease
    {
        $lease = self::read($row, $pairing);
        // One put back over a newer one is not that row's lease.
        return $lease && $lease->version === (int) $row['version'] ? $lease : null;
    }

    /** @param array<string,string> $row */
    private static function read(array $row, Pairing $pairing): ?Lease
    {
        try {
            $lease = Lease::verify($row['lease'], $pairing);
        } catch (Refusal $refusal) {
            return null;
        }
        return $lease->grant === $row['grant_id'] && $lease->account === $row['account'] ? $lease : null;
    }
}
