<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Rest;

use EmergencyAccess\Broker\Model\Front;
use EmergencyAccess\Broker\Model\StorageFailed;
use EmergencyAccess\Broker\Site\Watch;
use Magento\Authorization\Model\UserContextInterface;
use Magento\Framework\Exception\AuthorizationException;
use Magento\Framework\Webapi\Rest\Request;
use Magento\Framework\Webapi\Rest\Response;
use Magento\Webapi\Controller\Rest\RequestProcessorInterface;
use Magento\Webapi\Controller\Rest\RequestValidator;

/**
 * Answers the broker's calls with the very JSON the protocol names.
 *
 * Magento's serializer is passed by, because it drops nulls and renames keys.
 */
class BrokerCalls implements RequestProcessorInterface
{
    public function __construct(
        private readonly RequestValidator $validator,
        private readonly UserContextInterface $caller,
        private readonly Response $response,
        private readonly Front $front,
        private readonly Watch $watch
    ) {
    }

    public function canProcess(Request $request): bool
    {
        return str_starts_with($request->getPathInfo(), Front::SPACE);
    }

    public function process(Request $request): void
    {
        // The integration's signature and its one resource come first, then the broker's own signature.
        $this->validator->validate();
        $this->mustBeIntegration();
        $this->lookAround(time());
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

    /** Roles saved before this module came have no row about its resource, and Magento lets those inherit an allow. */
    private function mustBeIntegration(): void
    {
        if (UserContextInterface::USER_TYPE_INTEGRATION !== (int) $this->caller->getUserType()) {
            throw new AuthorizationException(__('The broker calls by its integration only.'));
        }
    }

    private function lookAround(int $now): void
    {
        try {
            $this->watch->look($now);
        } catch (StorageFailed) {
            // Taking access back never waits for it.
            return;
        }
    }
}
