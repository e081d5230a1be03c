<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Site\Lending;
use Magento\Backend\Block\Menu;

/** Magento remembers the menu of each admin for a day: one drawn under a lease is another menu. */
final class MenuCache
{
    public function __construct(private readonly Lending $lending)
    {
    }

    /**
     * @param array<mixed> $key
     * @return array<mixed>
     */
    public function afterGetCacheKeyInfo(Menu $subject, array $key): array
    {
        foreach ($this->lending->leases(time()) as $lease) {
            $key[] = $lease->grant . '.' . $lease->version;
        }
        return $key;
    }
}
