<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

/** What a request does, without any patient data: kind of object, its number, the route's template. */
final class Deed
{
    public const OPENED = 'opened';
    public const LISTED = 'listed';
    public const CHANGED = 'changed';
    public const NOTED = 'noted';
    public const DENIED = 'denied';
    public const SIGNED_IN = 'signed_in';

    public function __construct(
        public readonly string $kind,
        public readonly string $object,
        public readonly string $route
    ) {
    }

    /** @return array<string,string> */
    public function facts(): array
    {
        return ['object' => $this->object, 'route' => $this->route];
    }
}
