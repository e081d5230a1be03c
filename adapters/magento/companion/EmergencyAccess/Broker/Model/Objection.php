<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** What this site has against a lease that is signed and sound. */
final class Objection
{
    public function __construct(
        private readonly Mark $mark,
        private readonly Accounts $accounts,
        private readonly Site $site,
        private readonly FrozenAccounts $frozen,
    ) {
    }

    /** @throws Refusal restored, frozen, unknown_account, unknown_resource or forbidden_capability. */
    public function mustHaveNone(Lease $lease): void
    {
        if ($this->mark->isRestored()) {
            throw new Refusal('restored');
        }
        if ($this->frozen->has($lease->account)) {
            throw new Refusal('frozen');
        }
        if (!$this->accounts->exists($lease->account)) {
            throw new Refusal('unknown_account');
        }
        foreach ($lease->scope->resources as $resource) {
            $above = $this->site->above($resource) ?? throw new Refusal('unknown_resource');
            if (array_filter($above, NeverGrant::forbids(...))) {
                // The settings of a module hang below Magento's own, whatever they are called.
                throw new Refusal('forbidden_capability');
            }
        }
    }
}
