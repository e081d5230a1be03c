<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Site\Outside;
use Magento\Integration\Api\OauthServiceInterface;

/** An integration was given a key. */
final class NewApiKey
{
    public function __construct(private readonly Outside $outside)
    {
    }

    /**
     * @param bool $created
     * @param int|string $consumer
     */
    public function afterCreateAccessToken(OauthServiceInterface $subject, $created, $consumer): bool
    {
        if ($created) {
            $this->outside->note('api_key_created', '', ['object' => 'consumer ' . (int) $consumer]);
        }
        return (bool) $created;
    }
}
