<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Model\StorageFailed;
use EmergencyAccess\Broker\Site\Lending;
use Magento\Framework\App\ActionInterface;
use Magento\Framework\App\Request\Http;
use Magento\Framework\Message\Factory;
use Magento\Framework\Message\ManagerInterface;
use Magento\Framework\Message\MessageInterface;

/** Says to the holder, on every page, until when, and that it is looked at afterwards. */
final class HolderNotice
{
    public function __construct(
        private readonly Http $request,
        private readonly Lending $lending,
        private readonly ManagerInterface $messages,
        private readonly Factory $factory
    ) {
    }

    public function beforeExecute(ActionInterface $subject): void
    {
        if (!$this->request->isGet() || $this->request->isAjax() || 'mui' === $this->request->getRouteName()) {
            return;
        }
        foreach ($this->ends() as $end) {
            $text = __('Emergency access until %1 UTC. What you open is recorded and reviewed.', gmdate('H:i', $end));
            $notice = $this->factory->create(MessageInterface::TYPE_NOTICE, (string) $text);
            $this->messages->addUniqueMessages([$notice]);
        }
    }

    /** @return int[] */
    private function ends(): array
    {
        try {
            $leases = $this->lending->leases(time());
        } catch (StorageFailed) {
            return [];
        }
        return array_unique(array_map(static fn ($lease): int => $lease->expiresAt, $leases));
    }
}
