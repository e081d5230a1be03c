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
        if ($this->readAt !== $now) {
            $this->leases = $this->live->all($now);
            $this->readAt = $now;
        }
        $login = $this->leases ? $this->admin->login() : '';
        return array_values(array_filter(
            $this->leases,
            static fn (Lease $lease): bool => '' !== $login && $lease->account === $login
        ));
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
}
