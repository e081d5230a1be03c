<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Site\RestDeed;
use EmergencyAccess\Broker\Site\Uses;
use Magento\Framework\Webapi\Rest\Request;
use Magento\Webapi\Controller\Rest\RequestProcessorInterface;
use Magento\Webapi\Controller\Rest\Router;

/** Writes down a call of the REST API, done at once or queued, before it is carried out. */
final class RestUse
{
    public function __construct(private readonly Router $router, private readonly Uses $uses)
    {
    }

    public function beforeProcess(RequestProcessorInterface $subject, Request $request): void
    {
        $template = $this->router->match($request)->getRoutePath();
        $path = (string) preg_replace('#^/async(/bulk)?(?=/V)#', '', $request->getPathInfo());
        $this->uses->settle(RestDeed::of($request->getHttpMethod(), $template, $path), false, time());
    }
}
