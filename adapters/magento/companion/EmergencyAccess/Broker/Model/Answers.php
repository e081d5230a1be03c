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
     * Magento has no network administrators: a rule about them is not one this site could keep.
     *
     * @param string[] $documents
     * @return array<int,array{grant:?string,answer:string,reason:string}>
     */
    private function protect(array $documents): array
    {
        return array_map(
            static fn (string $jws): array => Verdict::refused(null, new Refusal('not_applicable')),
            $documents
        );
    }

    /** @return array<string,mixed> */
    private function resume(Call $call): array
    {
        $this->mark->resume($call->mark);
        return [];
    }

    /** @return string[] */
    private function effective(Said $said): array
    {
        return $this->site->effective(Scope::fromClaim($said->scope())->resources);
    }
}
