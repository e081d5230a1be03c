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

    /** '' or the reason: restored, frozen or unknown_account. */
    public function toAccount(string $account): string
    {
        return match (true) {
            $this->mark->isRestored() => 'restored',
            $this->frozen->has($account) => 'frozen',
            !$this->accounts->exists($account) => 'unknown_account',
            default => '',
        };
    }

    /** @throws Refusal unknown_resource or forbidden_capability. */
    public function mustHaveNoneTo(Scope $scope): void
    {
        foreach ($scope->resources as $resource) {
            $above = $this->site->above($resource) ?? throw new Refusal('unknown_resource');
            if (array_filter($above, NeverGrant::forbids(...))) {
                // The settings of a module hang below Magento's own, whatever they are called.
                throw new Refusal('forbidden_capability');
            }
        }
    }
}
