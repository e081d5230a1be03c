<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** Single numbers. */
final class StateTable
{
    private const NAME = 'emergency_access_state';

    public function __construct(private readonly Db $db)
    {
    }

    /** 0 when it was never set. */
    public function number(string $name): int
    {
        $rows = $this->db->rows("SELECT value FROM {$this->table()} WHERE name = ?", [$name]);
        return (int) ($rows[0]['value'] ?? 0);
    }

    public function put(string $name, int $number): void
    {
        if (!$this->db->add(self::NAME, ['name' => $name, 'value' => (string) $number])) {
            $this->db->write("UPDATE {$this->table()} SET value = ? WHERE name = ?", [(string) $number, $name]);
        }
    }

    public function raise(string $name, int $number): void
    {
        if (!$this->db->add(self::NAME, ['name' => $name, 'value' => (string) $number])) {
            $this->db->write(
                "UPDATE {$this->table()} SET value = ? WHERE name = ? AND CAST(value AS UNSIGNED) < ?",
                [(string) $number, $name, $number]
            );
        }
    }

    private function table(): string
    {
        return $this->db->table(self::NAME);
    }
}
