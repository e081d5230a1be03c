<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/**
 * Rows as they stand in the site's own table; nothing here is believed without its signature.
 *
 * Each write is one conditional statement, so that two calls at once cannot undo one another.
 */
final class LeaseTable
{
    private const NAME = 'emergency_access_lease';
    private const OPEN = "ended_at = 0 AND revocation = ''";

    public function __construct(private readonly Db $db)
    {
    }

    /** @return array<string,string>|null */
    public function find(string $grant): ?array
    {
        return $this->rows('grant_id = ?', [$grant])[0] ?? null;
    }

    /** @return array<int,array<string,string>> Neither revoked nor ended, as far as the columns say. */
    public function openFor(string $account): array
    {
        return $this->rows('account = ? AND ' . self::OPEN, [$account]);
    }

    /** @return array<int,array<string,string>> */
    public function allOpen(): array
    {
        return $this->rows(self::OPEN, []);
    }

    /** @return array<int,array<string,string>> Rows whose end has come and whose sessions were not ended yet. */
    public function due(int $now): array
    {
        return $this->rows('ended_at = 0 AND expires_at <= ?', [$now]);
    }

    /** False when the grant has a row already. */
    public function addLease(Lease $lease): bool
    {
        return $this->db->add(self::NAME, ['grant_id' => $lease->grant, 'revocation' => '', 'ended_at' => 0] + self::columns($lease));
    }

    /** False when the grant has a row already. A tombstone has nothing to end. */
    public function addTombstone(Revocation $revocation, int $now): bool
    {
        return $this->db->add(self::NAME, [
            'grant_id' => $revocation->grant,
            'account' => '',
            'version' => $revocation->version,
            'lease' => '',
            'revocation' => $revocation->jws,
            'expires_at' => $now,
            'ended_at' => $now,
            'keep_until' => $revocation->keepUntil,
        ]);
    }

    /** False when the stored version is not lower, or the grant is over. */
    public function raiseLease(Lease $lease): bool
    {
        return $this->put($lease, 'version < ?', [$lease->version]);
    }

    /** Put a proven lease in the place of one that proves nothing. False when the row has changed in the meantime. */
    public function replaceUnproven(Lease $lease, string $unproven): bool
    {
        return $this->put($lease, 'version <= ? AND lease = ?', [$lease->version, $unproven]);
    }

    /** The first revocation stays; its sessions become due at once. */
    public function markRevoked(Revocation $revocation, int $now): bool
    {
        return 1 === $this->write(
            'SET revocation = ?, version = ?, expires_at = ?, keep_until = ? WHERE grant_id = ? AND revocation = ?',
            [$revocation->jws, $revocation->version, $now, $revocation->keepUntil, $revocation->grant, '']
        );
    }

    /** Every open lease of the account becomes due at once. */
    public function cutShort(string $account, int $now): void
    {
        $this->write('SET expires_at = ? WHERE expires_at > ? AND account = ? AND ' . self::OPEN, [$now, $now, $account]);
    }

    /** No open row is believed any more until its lease is applied again; it still ends at its time. */
    public function distrustOpen(): void
    {
        $this->write("SET lease = '' WHERE " . self::OPEN, []);
    }

    /** False when it had been ended before. */
    public function markEnded(string $grant, int $now): bool
    {
        return 1 === $this->write('SET ended_at = ? WHERE grant_id = ? AND ended_at = 0', [$now, $grant]);
    }

    /** Forget what can no longer matter: ended, and past the time a late lease could come. */
    public function prune(int $now): void
    {
        $this->db->write("DELETE FROM {$this->table()} WHERE ended_at > 0 AND keep_until < ?", [$now - Lease::LONGEST]);
    }

    /** @param array<int,string|int> $values */
    private function put(Lease $lease, string $where, array $values): bool
    {
        $columns = self::columns($lease);
        $names = implode(', ', array_map(static fn (string $name): string => "$name = ?", array_keys($columns)));
        return 1 === $this->write(
            "SET $names WHERE grant_id = ? AND $where AND " . self::OPEN,
            [...array_values($columns), $lease->grant, ...$values]
        );
    }

    /** @return array<string,string|int> */
    private static function columns(Lease $lease): array
    {
        return [
            'account' => $lease->account,
            'version' => $lease->version,
            'lease' => $lease->jws,
            'expires_at' => $lease->expiresAt,
            'keep_until' => $lease->expiresAt,
        ];
    }

    /** @param array<int,string|int> $values */
    private function write(string $sql, array $values): int
    {
        return $this->db->write("UPDATE {$this->table()} $sql", $values);
    }

    /**
     * @param array<int,string|int> $values
     * @return array<int,array<string,string>>
     */
    private function rows(string $where, array $values): array
    {
        return $this->db->rows("SELECT * FROM {$this->table()} WHERE $where", $values);
    }

    private function table(): string
    {
        return $this->db->table(self::NAME);
    }
}
