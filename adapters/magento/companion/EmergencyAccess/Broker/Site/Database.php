<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Db;
use EmergencyAccess\Broker\Model\StorageFailed;
use Magento\Framework\App\ResourceConnection;
use Magento\Framework\DB\Adapter\DeadlockException;
use Magento\Framework\DB\Adapter\DuplicateException;
use Magento\Framework\DB\Adapter\LockWaitException;

/** Magento's own connection, past every cache. */
final class Database implements Db
{
    private const TRIES = 5;

    public function __construct(private readonly ResourceConnection $resource)
    {
    }

    public function table(string $name): string
    {
        return $this->resource->getTableName($name);
    }

    public function rows(string $sql, array $values = []): array
    {
        return $this->guarded(fn (): array => $this->resource->getConnection()->fetchAll($sql, $values));
    }

    public function write(string $sql, array $values = []): int
    {
        return $this->guarded(fn (): int => $this->resource->getConnection()->query($sql, $values)->rowCount());
    }

    public function add(string $table, array $row): bool
    {
        return $this->guarded(function () use ($table, $row): bool {
            try {
                $this->resource->getConnection()->insert($this->table($table), $row);
            } catch (DuplicateException) {
                return false;
            }
            return true;
        });
    }

    public function atomically(callable $act, int $tries = self::TRIES)
    {
        $connection = $this->resource->getConnection();
        $connection->beginTransaction();
        try {
            $result = $act();
            $connection->commit();
        } catch (\Throwable $error) {
            $connection->rollBack();
            if ($tries > 1 && $this->isWorthAnotherTry($error)) {
                return $this->atomically($act, $tries - 1);
            }
            throw $error;
        }
        return $result;
    }

    /**
     * @template T
     * @param callable():T $act
     * @return T
     */
    private function guarded(callable $act, int $tries = self::TRIES)
    {
        try {
            return $act();
        } catch (\Zend_Db_Exception | \PDOException $error) {
            if ($tries > 1 && $this->isWorthAnotherTry($error)) {
                return $this->guarded($act, $tries - 1);
            }
            throw new StorageFailed('the companion\'s tables cannot be used', 0, $error);
        }
    }

    /** Lost against another statement; inside a transaction all of it is lost, so only the outermost begins again. */
    private function isWorthAnotherTry(\Throwable $error): bool
    {
        $cause = $error instanceof StorageFailed ? $error->getPrevious() : $error;
        return ($cause instanceof DeadlockException || $cause instanceof LockWaitException)
            && 0 === $this->resource->getConnection()->getTransactionLevel();
    }
}
