<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Lease;
use EmergencyAccess\Broker\Model\LiveLeases;

/**
 * What the current admin holds by leases. Nothing is written for it: without the
 * module, or a second after the end, there is nothing left.
 */
final class Lending
{
    private int $readAt = 0;

    /** @var Lease[] */
    private array $leases = [];

    public function __construct(private readonly LiveLeases $live, private readonly CurrentAdmin $admin)
    {
    }

    /** @return Lease[] Those of the current admin, each live at `$now`; read anew at most once a second. */
    public function leases(int $now): array
    {
        $all = $this->all($now);
        return $all ? self::of($this->admin->login(), $all) : [];
    }

    /** @return Lease[] The same, when the request did not get as far as being allowed. */
    public function leasesOfKnown(int $now): array
    {
        return self::of($this->admin->known(), $this->all($now));
    }

    /** The lease that opens the resource; null when none does. */
    public function lender(string $resource, int $now): ?Lease
    {
        foreach ($this->leases($now) as $lease) {
            if ($lease->scope->opens($resource)) {
                return $lease;
            }
        }
        return null;
    }

    /** @return Lease[] */
    private function all(int $now): array
    {
        if ($this->readAt !== $now) {
            $this->leases = $this->live->all($now);
            $this->readAt = $now;
        }
        return $this->leases;
    }

    /**
     * @param Lease[] $leases
     * @return Lease[]
     */
    private static function of(string $login, array $leases): array
    {
        return array_values(array_filter(
            $leases,
            static fn (Lease $lease): bool => '' !== $login && $lease->account === $login
        ));
    }
}
