<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Digest;
use EmergencyAccess\Broker\Model\Site;
use Magento\Framework\App\ProductMetadataInterface;

/** What the site says of itself. */
final class RunningSite implements Site
{
    private const VERSION = '0.2.0';

    public function __construct(
        private readonly ProductMetadataInterface $product,
        private readonly Resources $resources,
        private readonly SecondFactor $second,
        private readonly LastSweep $sweep
    ) {
    }

    public function platform(): string
    {
        return 'Magento ' . $this->product->getEdition() . ' ' . $this->product->getVersion();
    }

    public function version(): string
    {
        return self::VERSION;
    }

    public function digest(): string
    {
        return Digest::ofFiles(dirname(__DIR__));
    }

    public function features(): array
    {
        return $this->second->demanded() ? ['second-factor'] : [];
    }

    public function problems(int $now): array
    {
        return array_keys(array_filter([
            'second_factor_off' => !$this->second->demanded(),
            'cron_silent' => $this->sweep->isOverdue($now),
        ]));
    }

    public function above(string $resource): ?array
    {
        $tree = $this->resources->tree();
        return $tree->has($resource) ? $tree->above([$resource]) : null;
    }

    public function effective(array $resources): array
    {
        return $this->resources->opened($resources);
    }
}
