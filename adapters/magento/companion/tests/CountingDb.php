<?php
declare(strict_types=1);

use EmergencyAccess\Broker\Model\Db;
use EmergencyAccess\Broker\Model\StorageFailed;

/** The same database, counted, or gone. */
final class CountingDb implements Db
{
    public int $asked = 0;
    public bool $gone = false;

    public function __construct(private readonly Db $db)
    {
    }

    public function table(string $name): string
    {
        return $this->db->table($name);
    }

    public function rows(string $sql, array $values = []): array
    {
        ++$this->asked;
        return $this->gone ? throw new StorageFailed('gone') : $this->db->rows($sql, $values);
    }

    public function write(string $sql, array $values = []): int
    {
        ++$this->asked;
        return $this->gone ? throw new StorageFailed('gone') : $this->db->write($sql, $values);
    }

    public function add(string $table, array $row): bool
    {
        ++$this->asked;
        return $this->gone ? throw new StorageFailed('gone') : $this->db->add($table, $row);
    }

    public function atomically(callable $act)
    {
        return $this->db->atomically($act);
    }
}
