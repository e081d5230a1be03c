<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Site\RestDeed;
use EmergencyAccess\Broker\Site\Uses;
use Magento\Framework\Webapi\Rest\Request;
use Magento\Webapi\Controller\Rest\RequestValidator;
use Magento\Webapi\Controller\Rest\Router;

/** Writes down a call of the REST API, done at once or queued, once it is permitted and before it is carried out. */
final class RestUse
{
    public function __construct(
        private readonly Request $request,
        private readonly Router $router,
        private readonly Uses $uses
    ) {
    }

    public function afterValidate(RequestValidator $subject): void
    {
        $template = $this->router->match($this->request)->getRoutePath();
        $path = (string) preg_replace('#^/async(/bulk)?(?=/V)#', '', $this->request->getPathInfo());
        $this->uses->settle(RestDeed::of($this->request->getHttpMethod(), $template, $path), false, time());
    }
}
