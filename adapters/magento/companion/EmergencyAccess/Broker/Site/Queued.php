<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Db;
use Magento\Authorization\Model\UserContextInterface;
use Magento\Framework\Module\Manager;

/**
 * What an admin queued to be done later. Magento asks for the permission when it is
 * queued, not when it is done.
 */
final class Queued
{
    private const OPEN = 4;
    private const FAILED_FOR_NOW = 2;
    private const REJECTED = 5;

    private const MESSAGE_NEW = 2;
    private const MESSAGE_AGAIN = 5;
    private const MESSAGE_TO_BE_DELETED = 7;

    public function __construct(private readonly Db $db, private readonly Manager $modules)
    {
    }

    /** Plugin\CancelledOperation leaves a rejected operation undone, whatever queue it comes from. */
    public function cancel(int $user, int $since): void
    {
        if (!$this->modules->isEnabled('Magento_AsynchronousOperations')) {
            return;
        }
        $bulks = $this->bulks($user, $since);
        foreach ($bulks as $bulk) {
            $this->db->write(
                "UPDATE {$this->db->table('magento_operation')}
                SET status = ?, result_message = 'Cancelled at the end of an emergency access'
                WHERE bulk_uuid = ? AND status IN (?, ?)",
                [self::REJECTED, $bulk, self::OPEN, self::FAILED_FOR_NOW]
            );
            $this->dropMessages($bulk);
        }
    }

    /** @return string[] */
    private function bulks(int $user, int $since): array
    {
        return array_column($this->db->rows(
            "SELECT DISTINCT b.uuid FROM {$this->db->table('magento_bulk')} b
            JOIN {$this->db->table('magento_operation')} o ON o.bulk_uuid = b.uuid
            WHERE b.user_id = ? AND b.user_type = ? AND b.start_time >= FROM_UNIXTIME(?) AND o.status IN (?, ?)",
            [$user, UserContextInterface::USER_TYPE_ADMIN, $since, self::OPEN, self::FAILED_FOR_NOW]
        ), 'uuid');
    }

    /** Mass actions of admin pages have consumers of their own, which look at no status. */
    private function dropMessages(string $bulk): void
    {
        if (!$this->modules->isEnabled('Magento_MysqlMq')) {
            return;
        }
        $this->db->write(
            "UPDATE {$this->db->table('queue_message_status')} s
            JOIN {$this->db->table('queue_message')} m ON m.id = s.message_id
            SET s.status = ? WHERE s.status IN (?, ?) AND m.body LIKE ?",
            [self::MESSAGE_TO_BE_DELETED, self::MESSAGE_NEW, self::MESSAGE_AGAIN, "%$bulk%"]
        );
    }
}
