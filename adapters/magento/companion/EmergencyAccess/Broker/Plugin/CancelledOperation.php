<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Model\Db;
use EmergencyAccess\Broker\Model\EndOfLease;
use Magento\AsynchronousOperations\Api\Data\OperationInterface;
use Magento\AsynchronousOperations\Model\ConfigInterface;
use Magento\AsynchronousOperations\Model\OperationProcessor;
use Magento\Framework\MessageQueue\MessageEncoder;

/**
 * Leaves undone what was queued under a lease and is over by now.
 *
 * Magento asked for the permission when it was queued and does not ask again; nor
 * does it look whether somebody rejected the operation since.
 */
final class CancelledOperation
{
    public function __construct(
        private readonly Db $db,
        private readonly EndOfLease $end,
        private readonly MessageEncoder $messages
    ) {
    }

    public function aroundProcess(OperationProcessor $subject, callable $proceed, string $message): void
    {
        $this->end->sweep(time());
        if (!$this->isRejected($message)) {
            $proceed($message);
        }
    }

    private function isRejected(string $message): bool
    {
        $operation = $this->messages->decode(ConfigInterface::SYSTEM_TOPIC_NAME, $message);
        return [] !== $this->db->rows(
            "SELECT 1 AS one FROM {$this->db->table('magento_operation')} WHERE bulk_uuid = ? AND operation_key = ? AND status = ?",
            [(string) $operation->getBulkUuid(), (int) $operation->getId(), OperationInterface::STATUS_TYPE_REJECTED]
        );
    }
}
