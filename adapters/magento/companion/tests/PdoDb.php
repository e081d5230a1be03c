<?php
declare(strict_types=1);

use EmergencyAccess\Broker\Model\Db;
use EmergencyAccess\Broker\Model\StorageFailed;

/** A real MariaDB behind the companion's own interface, with a prefix as shops have one. */
final class PdoDb implements Db
{
    private const DUPLICATE = 1062;
    /** Lost against another transaction: a deadlock, or a lock waited for too long. */
    private const LOST = [1213, 1205];
    private const TRIES = 5;

    private PDO $pdo;
    private int $depth = 0;

    public function __construct(string $dsn)
    {
        $this->pdo = new PDO($dsn, 'root', '', [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => true]);
        // As Magento's own connection is.
        $this->pdo->exec("SET NAMES utf8mb4; SET SQL_MODE = ''");
    }

    public function table(string $name): string
    {
        return 'shop_' . $name;
    }

    public function rows(string $sql, array $values = []): array
    {
        return $this->run($sql, $values)->fetchAll(PDO::FETCH_ASSOC);
    }

    public function write(string $sql, array $values = []): int
    {
        return $this->run($sql, $values)->rowCount();
    }

    public function add(string $table, array $row): bool
    {
        $columns = implode(', ', array_keys($row));
        $places = implode(', ', array_fill(0, count($row), '?'));
        try {
            $this->run("INSERT INTO {$this->table($table)} ($columns) VALUES ($places)", array_values($row));
        } catch (StorageFailed $failure) {
            if ($failure->getCode() === self::DUPLICATE) {
                return false;
            }
            throw $failure;
        }
        return true;
    }

    /** Begins again where it lost, as the module's own connection does. */
    public function atomically(callable $act, int $tries = self::TRIES)
    {
        $this->depth++ || $this->pdo->beginTransaction();
        try {
            $result = $act();
        } catch (Throwable $error) {
            if (0 === --$this->depth) {
                // After a deadlock the server has rolled back already.
                $this->pdo->inTransaction() && $this->pdo->rollBack();
                if ($tries > 1 && $error instanceof StorageFailed && in_array($error->getCode(), self::LOST, true)) {
                    return $this->atomically($act, $tries - 1);
                }
            }
            throw $error;
        }
        --$this->depth || $this->pdo->commit();
        return $result;
    }

    /** The tables as the module declares them, empty. */
    public function build(string $schema): void
    {
        foreach (simplexml_load_file($schema)->table as $table) {
            $name = $this->table((string) $table['name']);
            $this->run("DROP TABLE IF EXISTS $name", []);
            $this->run("CREATE TABLE $name (" . implode(', ', self::parts($table)) . ') ENGINE=InnoDB', []);
        }
    }

    public function clear(string $schema): void
    {
        foreach (simplexml_load_file($schema)->table as $table) {
            $this->run("DELETE FROM {$this->table((string) $table['name'])}", []);
        }
    }

    /** @return string[] */
    private static function parts(SimpleXMLElement $table): array
    {
        $parts = [];
        foreach ($table->column as $column) {
            $parts[] = self::column($column);
        }
        foreach ($table->constraint as $key) {
            $parts[] = 'PRIMARY KEY (' . self::names($key) . ')';
        }
        foreach ($table->index as $index) {
            $parts[] = 'KEY (' . self::names($index) . ')';
        }
        return $parts;
    }

    private static function column(SimpleXMLElement $column): string
    {
        $type = (string) $column->attributes('xsi', true)['type'];
        $type .= $column['length'] ? "({$column['length']})" : '';
        $type .= (string) $column['unsigned'] === 'true' ? ' UNSIGNED' : '';
        $type .= (string) $column['nullable'] === 'false' ? ' NOT NULL' : '';
        $type .= isset($column['default']) ? " DEFAULT '{$column['default']}'" : '';
        return "{$column['name']} $type";
    }

    private static function names(SimpleXMLElement $key): string
    {
        $names = [];
        foreach ($key->column as $column) {
            $names[] = (string) $column['name'];
        }
        return implode(', ', $names);
    }

    /** @param array<int,string|int> $values */
    private function run(string $sql, array $values, int $tries = self::TRIES): PDOStatement
    {
        try {
            $statement = $this->pdo->prepare($sql);
            $statement->execute($values);
        } catch (PDOException $error) {
            $code = (int) ($error->errorInfo[1] ?? 0);
            // Within a transaction all of it is lost: then its outermost begins again.
            if ($tries > 1 && 0 === $this->depth && in_array($code, self::LOST, true)) {
                return $this->run($sql, $values, $tries - 1);
            }
            throw new StorageFailed($error->getMessage(), $code, $error);
        }
        return $statement;
    }
}
