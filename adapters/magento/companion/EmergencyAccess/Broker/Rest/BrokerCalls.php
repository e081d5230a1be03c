<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Rest;

use EmergencyAccess\Broker\Model\Front;
use Magento\Framework\Webapi\Rest\Request;
use Magento\Framework\Webapi\Rest\Response;
use Magento\Webapi\Controller\Rest\RequestProcessorInterface;

/**
 * Answers the broker's calls with the very JSON the protocol names.
 *
 * Magento has already asked for the integration's signature and resource; its
 * serializer is passed by because it drops nulls and renames keys.
 */
class BrokerCalls implements RequestProcessorInterface
{
    public function __construct(private readonly Response $response, private readonly Front $front)
    {
    }

    public function canProcess(Request $request): bool
    {
        return str_starts_with($request->getPathInfo(), Front::SPACE);
    }

    public function process(Request $request): void
    {
        $reply = $this->front->answer(
            $request->getPathInfo(),
            (string) $request->getHeader(Front::HEADER, ''),
            (string) $request->getContent(),
            time()
        );
        $this->response->setHttpResponseCode($reply->status);
        $this->response->setHeader('Content-Type', 'application/json', true);
        $this->response->setHeader('Cache-Control', 'no-store', true);
        $this->response->setBody($reply->json());
    }
}
