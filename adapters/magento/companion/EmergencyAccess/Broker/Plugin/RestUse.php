<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Model\EventChain;
use EmergencyAccess\Broker\Model\StorageFailed;
use EmergencyAccess\Broker\Site\Deed;
use EmergencyAccess\Broker\Site\Lending;
use EmergencyAccess\Broker\Site\RestDeed;
use EmergencyAccess\Broker\Site\Uses;
use Magento\Framework\Exception\AuthorizationException;
use Magento\Framework\Webapi\Rest\Request;
use Magento\Webapi\Controller\Rest\RequestValidator;
use Magento\Webapi\Controller\Rest\Router;

/** Writes down a call of the REST API, done at once or queued, once it is permitted and before it is carried out; or that it was denied. */
final class RestUse
{
    public function __construct(
        private readonly Request $request,
        private readonly Router $router,
        private readonly Uses $uses,
        private readonly Lending $lending,
        private readonly EventChain $events
    ) {
    }

    public function aroundValidate(RequestValidator $subject, callable $proceed): void
    {
        try {
            $proceed();
        } catch (AuthorizationException $denied) {
            $this->recordDenied(time());
            throw $denied;
        }
        $this->uses->settle($this->deed(), false, time());
    }

    private function recordDenied(int $now): void
    {
        $lease = $this->lending->leasesOfKnown($now)[0] ?? null;
        if (null === $lease) {
            return;
        }
        try {
            $this->events->record(Deed::DENIED, $lease->grant, $lease->account, $this->deed()->facts(), $now);
        } catch (StorageFailed) {
            // Nothing was opened.
            return;
        }
    }

    private function deed(): Deed
    {
        $template = $this->router->match($this->request)->getRoutePath();
        $path = (string) preg_replace('#^/async(/bulk)?(?=/V)#', '', $this->request->getPathInfo());
        return RestDeed::of($this->request->getHttpMethod(), $template, $path);
    }
}
