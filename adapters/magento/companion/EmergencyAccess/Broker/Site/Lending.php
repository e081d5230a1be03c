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
    private string $readFor = '';

    /** @var Lease[] */
    private array $leases = [];

    public function __construct(
        private readonly Activity $activity,
        private readonly LiveLeases $live,
        private readonly CurrentAdmin $admin
    ) {
    }

    /** @return Lease[] Those of the current admin, each live at `$now`; read anew at most once a second. */
    public function leases(int $now): array
    {
        return $this->activity->isLent($now) ? $this->of($this->admin->login(), $now) : [];
    }

    /** @return Lease[] The same, when the request did not get as far as being allowed. */
    public function leasesOfKnown(int $now): array
    {
        return $this->activity->isLent($now) ? $this->of($this->admin->known(), $now) : [];
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
    private function of(string $login, int $now): array
    {
        if ('' === $login) {
            return [];
        }
        if ($this->readFor !== "$now $login") {
            $this->leases = $this->live->of($login, $now);
            $this->readFor = "$now $login";
        }
        return $this->leases;
    }
}
