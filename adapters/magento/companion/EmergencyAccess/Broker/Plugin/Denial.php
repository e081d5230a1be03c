<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Model\EventChain;
use EmergencyAccess\Broker\Model\StorageFailed;
use EmergencyAccess\Broker\Site\Deed;
use EmergencyAccess\Broker\Site\Lending;
use EmergencyAccess\Broker\Site\PageDeed;
use Magento\Framework\App\FrontControllerInterface;
use Magento\Framework\App\Request\Http;
use Magento\Framework\App\Response\Http as Page;

/** Writes down the admin page a holder asked for beside the lease. */
final class Denial
{
    private const FORBIDDEN = 403;

    public function __construct(
        private readonly Http $request,
        private readonly Lending $lending,
        private readonly EventChain $events
    ) {
    }

    public function afterDispatch(FrontControllerInterface $subject, mixed $response): mixed
    {
        if ($response instanceof Page && self::FORBIDDEN === $response->getHttpResponseCode()) {
            $this->record(time());
        }
        return $response;
    }

    private function record(int $now): void
    {
        $lease = $this->lending->leasesOfKnown($now)[0] ?? null;
        if (null === $lease) {
            return;
        }
        $tried = PageDeed::of($this->request);
        try {
            $this->events->record(Deed::DENIED, $lease->grant, $lease->account, $tried->facts(), $now);
        } catch (StorageFailed) {
            // Nothing was opened.
            return;
        }
    }
}
