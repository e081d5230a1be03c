<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/**
 * The part of a database the companion needs; `?` stands for a value, `table()` adds the site's prefix.
 *
 * Every statement goes straight to the database: a cache would show yesterday's truth.
 */
interface Db
{
    public function table(string $name): string;

    /**
     * @param array<int,string|int> $values
     * @return array<int,array<string,string|null>>
     * @throws StorageFailed
     */
    public function rows(string $sql, array $values = []): array;

    /**
     * How many rows the statement changed.
     *
     * @param array<int,string|int> $values
     * @throws StorageFailed
     */
    public function write(string $sql, array $values = []): int;

    /**
     * False when a row with that primary key is there already. `$table` is without the prefix.
     *
     * @param array<string,string|int> $row
     * @throws StorageFailed
     */
    public function add(string $table, array $row): bool;

    /**
     * All of it or nothing; nested calls join the outer one.
     *
     * @template T
     * @param callable():T $act
     * @return T
     */
    public function atomically(callable $act);
}
