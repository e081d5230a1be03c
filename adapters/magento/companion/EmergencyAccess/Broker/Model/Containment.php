<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** Orders to freeze accounts, and everything else that is done to them at once. Repeating one is safe. */
final class Containment
{
    public function __construct(
        private readonly OrderTable $orders,
        private readonly LeaseTable $leases,
        private readonly PairingSource $source,
        private readonly Accounts $accounts,
        private readonly Sessions $sessions,
        private readonly EndOfLease $end,
        private readonly EventChain $events,
    ) {
    }

    /** Of the orders about the account and about everyone, the newer one that freezes or releases counts. */
    public function isFrozen(string $account): bool
    {
        $own = $this->orders->find($account);
        $all = $this->orders->find(Order::EVERYONE);
        $spared = $all && in_array($account, (array) json_decode($all['spare'], true), true);
        $standing = array_filter(
            [$own, $spared && $all['standing'] === 'frozen' ? null : $all],
            static fn (?array $row): bool => $row && $row['standing'] !== ''
        );
        usort($standing, static fn (array $a, array $b): int => $b['standing_version'] <=> $a['standing_version']);
        return ($standing[0]['standing'] ?? '') === 'frozen';
    }

    public function isEveryoneFrozen(): bool
    {
        return ($this->orders->find(Order::EVERYONE)['standing'] ?? '') === 'frozen';
    }

    /** @return string[] Accounts frozen by name. */
    public function frozen(): array
    {
        return array_values(array_filter($this->orders->frozenByName(), $this->isFrozen(...)));
    }

    /**
     * @param string[] $documents
     * @return array<int,array{grant:?string,answer:string,reason:string}> In the order of the documents.
     */
    public function contain(array $documents, int $now): array
    {
        return array_map(fn (string $jws): array => $this->take($jws, $now), $documents);
    }

    /** @return array{grant:?string,answer:string,reason:string} */
    private function take(string $jws, int $now): array
    {
        $id = null;
        try {
            $order = Order::verify($jws, $this->source->pairing());
            $id = $order->id;
            $this->keep($order);
        } catch (Refusal $refusal) {
            return Verdict::refused($id, $refusal);
        }
        $this->carryOut($order, $now);
        return Verdict::done($id);
    }

    /** @throws Refusal unknown_account, stale_version or version_conflict. */
    private function keep(Order $order): void
    {
        if ($order->account !== Order::EVERYONE && !$this->accounts->exists($order->account)) {
            throw new Refusal('unknown_account');
        }
        $row = $this->orders->put($order) ? null : $this->orders->find($order->account);
        if ($row && (int) $row['version'] > $order->version) {
            throw new Refusal('stale_version');
        }
        if ($row && $row['document'] !== $order->jws) {
            throw new Refusal('version_conflict');
        }
    }

    private function carryOut(Order $order, int $now): void
    {
        if ($order->standing() !== '') {
            $this->switchAccounts($order);
        }
        foreach ($this->meant($order) as $account) {
            $this->shut($order, $account, $now);
        }
        $this->end->sweep($now);
        if ($order->says('delete_api_keys')) {
            $this->accounts->deleteApiKeys($order->account);
        }
        $facts = ['order' => $order->id, 'actions' => implode(' ', $order->actions)];
        $this->events->record('contained', '', $order->account, $facts, $now);
    }

    private function shut(Order $order, string $account, int $now): void
    {
        if ($order->says('end_leases')) {
            $this->leases->cutShort($account, $now);
        }
        if ($order->says('end_sessions') || $order->says('freeze')) {
            $this->sessions->end($account, 0);
        }
    }

    /** Whoever is frozen now is made inactive, so that they stay out without this module too; nobody else is touched. */
    private function switchAccounts(Order $order): void
    {
        $ours = $this->orders->switchedOff();
        foreach ($this->meant($order) as $account) {
            if ($this->isFrozen($account)) {
                // Remembered last: somebody the site's own people had switched off must stay off at a release.
                $this->accounts->switchOff($account) && $this->orders->rememberSwitchedOff($account);
            } elseif (in_array($account, $ours, true)) {
                $this->accounts->switchOn($account);
                $this->orders->forgetSwitchedOff($account);
            }
        }
    }

    /** @return string[] */
    private function meant(Order $order): array
    {
        return $order->account === Order::EVERYONE
            ? array_values(array_diff($this->accounts->logins(), $order->spare))
            : [$order->account];
    }
}
