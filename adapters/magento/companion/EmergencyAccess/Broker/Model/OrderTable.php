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

    /** @return string[] Accounts an order froze by name. */
    public function frozenByName(): array
    {
        return array_column(
            $this->db->rows("SELECT account FROM {$this->table()} WHERE standing = 'frozen' AND account <> ?", [Order::EVERYONE]),
            'account'
        );
    }

    /** False when an order of the same or a higher version stands there. */
    public function put(Order $order): bool
    {
        $row = ['version' => $order->version, 'document' => $order->jws];
        if ($order->standing() !== '') {
            $row += [
                'standing' => $order->standing(),
                'standing_version' => $order->version,
                'spare' => (string) json_encode($order->spare),
            ];
        }
        return $this->db->add($this->table(), ['account' => $order->account] + $row + ['spare' => '[]'])
            || $this->replace($order, $row);
    }

    /** False when it is remembered already. */
    public function rememberSwitchedOff(string $account): bool
    {
        return $this->db->add($this->db->table(self::SWITCHED_OFF), ['account' => $account]);
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

    /** @param array<string,string|int> $row */
    private function replace(Order $order, array $row): bool
    {
        $names = implode(', ', array_map(static fn (string $name): string => "$name = ?", array_keys($row)));
        return 1 === $this->db->write(
            "UPDATE {$this->table()} SET $names WHERE account = ? AND version < ?",
            [...array_values($row), $order->account, $order->version]
        );
    }

    private function table(): string
    {
        return $this->db->table(self::NAME);
    }
}
