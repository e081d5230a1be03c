<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** What each of the broker's routes answers, once the call itself is accepted. */
final class Answers
{
    public function __construct(
        private readonly Register $register,
        private readonly Containment $containment,
        private readonly EndOfLease $end,
        private readonly EventChain $events,
        private readonly Mark $mark,
        private readonly LeaseTable $leases,
        private readonly PairingSource $source,
        private readonly Observed $observed,
        private readonly Health $health,
        private readonly Site $site,
    ) {
    }

    /**
     * @return array<string,mixed>
     * @throws Refusal bad_body or wrong_route.
     */
    public function to(Call $call, Said $said, int $now): array
    {
        $this->end->sweep($now);
        return match ($call->verb) {
            'apply' => ['answers' => $this->register->apply($said->documents(), $now)],
            'revoke' => ['answers' => $this->register->revoke($said->documents(), $now)],
            'contain' => ['answers' => $this->containment->contain($said->documents(), $now)],
            'protect' => ['answers' => $this->protect($said->documents())],
            'observe' => $this->observed->now($now),
            'events' => ['events' => $this->events->page($said->after()), 'head' => $this->events->head()],
            'resume' => $this->resume($call),
            'health' => $this->health->now($now),
            'readiness' => ['accounts' => $this->observed->readiness($said->accounts())],
            'effective' => ['permissions' => $this->effective($said)],
            default => throw new Refusal('wrong_route'),
        };
    }

    /**
     * Magento has no network administrators: that they are free is kept, that they are stopped is not nodded at.
     *
     * @param string[] $documents
     * @return array<int,array{grant:?string,answer:string,reason:string}>
     * @throws Refusal bad_body.
     */
    private function protect(array $documents): array
    {
        if (count($documents) !== 1) {
            throw new Refusal('bad_body');
        }
        try {
            $rule = Rule::verify($documents[0], $this->source->pairing());
        } catch (Refusal $refusal) {
            return [Verdict::refused(null, $refusal)];
        }
        return [$rule->stops ? Verdict::refused($rule->site, new Refusal('not_offered')) : Verdict::done($rule->site)];
    }

    /** @return array<string,mixed> */
    private function resume(Call $call): array
    {
        // What an old database says is live is not believed, even if the broker forgot an end.
        $this->leases->distrustOpen();
        $this->mark->resume($call->mark);
        return [];
    }

    /** @return string[] */
    private function effective(Said $said): array
    {
        return array_map(Word::carried(...), $this->site->effective(Scope::fromClaim($said->scope())->resources));
    }
}
