<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** Orders to freeze accounts, and everything else that is done to them at once. Repeating one is safe. */
final class Containment
{
    public function __construct(
        private readonly OrderTable $orders,
        private readonly FrozenAccounts $frozen,
        private readonly LeaseTable $leases,
        private readonly PairingSource $source,
        private readonly Accounts $accounts,
        private readonly Sessions $sessions,
        private readonly EndOfLease $end,
        private readonly EventChain $events,
    ) {
    }

    public function isFrozen(string $account): bool
    {
        return $this->frozen->has($account);
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
        // One that died half way is carried out again, one that did not is only answered again.
        if (!$this->orders->isCarriedOut($order)) {
            $this->carryOut($order, $now);
            $this->orders->markCarriedOut($order);
        }
        return Verdict::done($id);
    }

    /** @throws Refusal unknown_account, stale_version or version_conflict. */
    private function keep(Order $order): void
    {
        if ($order->account !== Order::EVERYONE && !$this->accounts->exists($order->account)) {
            throw new Refusal('unknown_account');
        }
        $row = $this->orders->put($order) ? null : $this->orders->find($order->account);
        if (!$row || $row['document'] === $order->jws) {
            return;
        }
        if ((int) $row['version'] > $order->version) {
            throw new Refusal('stale_version');
        }
        if ($this->isProven($row['document']) || !$this->orders->replace($order, $row['document'])) {
            throw new Refusal('version_conflict');
        }
    }

    /** What another key signed before the site was paired anew is no longer the broker's last word. */
    private function isProven(string $document): bool
    {
        try {
            Order::verify($document, $this->source->pairing());
        } catch (Refusal $refusal) {
            return false;
        }
        return true;
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
            $this->sessions->end($account);
        }
        if ($order->says('freeze')) {
            $this->sessions->cancelQueued($account, 0);
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
