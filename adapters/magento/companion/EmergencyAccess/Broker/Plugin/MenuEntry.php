<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Site\Lending;
use EmergencyAccess\Broker\Site\Resources;
use EmergencyAccess\Broker\Site\Uses;
use Magento\Backend\Model\Menu\Item;

/**
 * Shows the way to what was lent: the headings above it, which a lease does not open.
 */
final class MenuEntry
{
    public function __construct(
        private readonly Lending $lending,
        private readonly Resources $resources,
        private readonly Uses $uses
    ) {
    }

    public function aroundIsAllowed(Item $subject, callable $proceed): bool
    {
        return $this->uses->aside($proceed) || $this->leadsToLent($subject);
    }

    private function leadsToLent(Item $entry): bool
    {
        $leases = $this->lending->leases(time());
        $lent = array_merge([], ...array_map(static fn ($lease): array => $lease->scope->resources, $leases));
        return [] !== $lent && in_array($entry->toArray()['resource'] ?? '', $this->resources->tree()->above($lent), true);
    }
}
