<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/**
 * The newest order about each account, and about everyone, as rows of the site's own table.
 *
 * Nobody gains anything by an edited row: an order only ever takes away, and what it
 * took can be taken again.
 */
final class OrderTable
{
    private const NAME = 'emergency_access_containment';
    private const SWITCHED_OFF = 'emergency_access_switched_off';

    public function __construct(private readonly Db $db)
    {
    }

    /** @return array<string,string>|null */
    public function find(string $account): ?array
    {
        return $this->db->rows("SELECT * FROM {$this->table()} WHERE account = ?", [$account])[0] ?? null;
    }

    /** False when an order of the same or a higher version stands there. */
    public function put(Order $order): bool
    {
        return $this->db->add(self::NAME, ['account' => $order->account] + self::columns($order) + ['spare' => '[]'])
            || $this->change($order, 'version < ?', $order->version);
    }

    /** In the place of one that nobody can prove any more. False when the row has changed in the meantime. */
    public function replace(Order $order, string $document): bool
    {
        return $this->change($order, 'document = ?', $document);
    }

    public function isCarriedOut(Order $order): bool
    {
        $row = $this->find($order->account);
        return $row && $row['document'] === $order->jws && (int) $row['carried_out'] === 1;
    }

    public function markCarriedOut(Order $order): void
    {
        $this->change($order, 'document = ?', $order->jws, 1);
    }

    /** False when it is remembered already. */
    public function rememberSwitchedOff(string $account): bool
    {
        return $this->db->add(self::SWITCHED_OFF, ['account' => $account]);
    }

    /** @return string[] */
    public function switchedOff(): array
    {
        return array_column($this->db->rows("SELECT account FROM {$this->db->table(self::SWITCHED_OFF)}"), 'account');
    }

    public function forgetSwitchedOff(string $account): void
    {
        $this->db->write("DELETE FROM {$this->db->table(self::SWITCHED_OFF)} WHERE account = ?", [$account]);
    }

    private function change(Order $order, string $where, string|int $value, int $carriedOut = 0): bool
    {
        $columns = ['carried_out' => $carriedOut] + self::columns($order);
        $names = implode(', ', array_map(static fn (string $name): string => "$name = ?", array_keys($columns)));
        return 1 === $this->db->write(
            "UPDATE {$this->table()} SET $names WHERE account = ? AND $where",
            [...array_values($columns), $order->account, $value]
        );
    }

    /** @return array<string,string|int> */
    private static function columns(Order $order): array
    {
        $columns = ['version' => $order->version, 'document' => $order->jws];
        return $order->standing() === '' ? $columns : $columns + [
            'standing' => $order->standing(),
            'standing_version' => $order->version,
            'spare' => (string) json_encode($order->spare),
        ];
    }

    private function table(): string
    {
        return $this->db->table(self::NAME);
    }
}
