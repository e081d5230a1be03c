<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\EventChain;
use EmergencyAccess\Broker\Model\Lease;

/**
 * Which leases this request leans on, and the writing down of it.
 *
 * A permission is asked for before it is known what for: the lease is remembered,
 * and written down when the page or route names itself, before it is answered. If
 * that cannot be written, the request fails.
 */
final class Uses
{
    /** @var array<string,Lease> */
    private array $leases = [];

    private ?Deed $deed = null;

    private bool $aside = false;

    public function __construct(private readonly EventChain $events)
    {
    }

    public function note(Lease $lease, int $now): void
    {
        if ($this->aside || isset($this->leases[$lease->grant])) {
            return;
        }
        if (null !== $this->deed) {
            $this->record($lease, $this->deed, $now);
        }
        $this->leases[$lease->grant] = $lease;
    }

    /**
     * What the request is about to do under the leases noted so far. With `$more`, a lease noted later counts as well:
     * some pages ask for their permission only once they are at work.
     */
    public function settle(Deed $deed, bool $more, int $now): void
    {
        foreach ($this->leases as $lease) {
            $this->record($lease, $deed, $now);
        }
        $this->deed = $more ? $deed : null;
    }

    /**
     * Ask for permissions without it counting as use: a menu looks at every door and opens none.
     *
     * @template T
     * @param callable():T $look
     * @return T
     */
    public function aside(callable $look)
    {
        $before = $this->aside;
        $this->aside = true;
        try {
            return $look();
        } finally {
            $this->aside = $before;
        }
    }

    private function record(Lease $lease, Deed $deed, int $now): void
    {
        $this->events->record($deed->kind, $lease->grant, $lease->account, $deed->facts(), $now);
    }
}
