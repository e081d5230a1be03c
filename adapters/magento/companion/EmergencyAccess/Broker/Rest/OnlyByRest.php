<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Rest;

use EmergencyAccess\Broker\Api\BrokerCallsInterface;
use Magento\Framework\Exception\LocalizedException;

/** What SOAP and the asynchronous API reach: nothing. */
class OnlyByRest implements BrokerCallsInterface
{
    public function answer(): string
    {
        throw new LocalizedException(__('The broker calls this route over REST only.'));
    }
}
