<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** What only the running site can tell of itself. */
interface Site
{
    /** Such as "Magento Community 2.4.7-p3". */
    public function platform(): string;

    public function version(): string;

    public function digest(): string;

    /** @return string[] */
    public function features(): array;

    /** @return string[] Words the broker has sentences for. */
    public function problems(int $now): array;

    /** @return string[]|null Every resource above it, null for one the site does not know. */
    public function above(string $resource): ?array;

    /**
     * Everything that the resources open, in words for whoever decides about them.
     *
     * @param string[] $resources
     * @return string[]
     */
    public function effective(array $resources): array;
}
