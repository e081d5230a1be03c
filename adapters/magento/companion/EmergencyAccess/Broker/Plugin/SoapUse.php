<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Site\Deed;
use EmergencyAccess\Broker\Site\Uses;
use Magento\Webapi\Model\Soap\Config;

/** Takes down a SOAP operation's name as Magento looks it up; it is written when a lease opens it, before it is carried out. */
final class SoapUse
{
    public function __construct(private readonly Uses $uses)
    {
    }

    /**
     * @param array<string,mixed> $info
     * @return array<string,mixed>
     */
    public function afterGetServiceMethodInfo(Config $subject, array $info, string $operation): array
    {
        $method = (string) ($info['method'] ?? '');
        $kind = match (true) {
            str_starts_with($method, 'getList') => Deed::LISTED,
            str_starts_with($method, 'get') => Deed::OPENED,
            default => Deed::CHANGED,
        };
        $this->uses->settle(new Deed($kind, $operation, "SOAP $operation"), true, time());
        return $info;
    }
}
