<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** What a lease opens: named resources of the admin panel and the REST API, each exactly and nothing below it. */
final class Scope
{
    private const LONGEST_LIST = 50;
    private const RESOURCE = '/\A[A-Z][A-Za-z0-9]{0,49}_[A-Z][A-Za-z0-9]{0,49}::[A-Za-z0-9_]{1,80}\z/';

    /** @param string[] $resources */
    private function __construct(public readonly array $resources)
    {
    }

    /** @throws Refusal bad_scope or forbidden_capability. */
    public static function fromClaim(mixed $claim): self
    {
        $resources = is_array($claim) && array_keys($claim) === ['resources'] ? $claim['resources'] : null;
        if (!is_array($resources) || !$resources || !array_is_list($resources) || count($resources) > self::LONGEST_LIST) {
            throw new Refusal('bad_scope');
        }
        foreach ($resources as $resource) {
            if (!is_string($resource) || !preg_match(self::RESOURCE, $resource)) {
                throw new Refusal('bad_scope');
            }
        }
        if (array_filter($resources, NeverGrant::forbids(...))) {
            throw new Refusal('forbidden_capability');
        }
        return new self($resources);
    }

    public function opens(string $resource): bool
    {
        return in_array($resource, $this->resources, true);
    }

    /** Whether everything $other opens is open with this one too. */
    public function covers(self $other): bool
    {
        return !array_diff($other->resources, $this->resources);
    }
}
