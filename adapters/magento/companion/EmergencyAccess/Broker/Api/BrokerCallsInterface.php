<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Api;

/**
 * Names the broker's routes to Magento's web API; the answers are given by Rest\BrokerCalls.
 */
interface BrokerCallsInterface
{
    /**
     * Refuses: SOAP and the asynchronous API cannot carry a signed call.
     *
     * @return string
     * @throws \Magento\Framework\Exception\LocalizedException
     */
    public function answer(): string;
}
