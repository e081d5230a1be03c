<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** Where the broker's calls come in: each is signed, counts once, and nobody else is answered. */
final class Front
{
    public const SPACE = '/V1/emergency-access/';
    public const HEADER = 'X-Emergency-Access-Call';

    private const LARGEST = 4194304;

    public function __construct(
        private readonly PairingSource $source,
        private readonly SeenCalls $seen,
        private readonly Mark $mark,
        private readonly Answers $answers,
    ) {
    }

    /** @param string $route As it was signed, such as "/V1/emergency-access/apply". */
    public function answer(string $route, string $envelope, string $body, int $now): Reply
    {
        if (strlen($body) > self::LARGEST) {
            return Reply::refusal('too_large', 413, $now);
        }
        try {
            return $this->judge($route, $envelope, $body, $now);
        } catch (StorageFailed $failure) {
            return Reply::refusal('storage_failed', 500, $now);
        }
    }

    private function judge(string $route, string $envelope, string $body, int $now): Reply
    {
        try {
            $pairing = $this->source->pairing();
        } catch (Refusal $refusal) {
            return Reply::refusal('not_paired', 503, $now);
        }
        try {
            $call = Call::verify($envelope, $pairing, $route, $body, $now);
            $this->seen->take($call, $now);
        } catch (Refusal $refusal) {
            return Reply::refusal($refusal->getMessage(), $refusal->getMessage() === 'replayed' ? 409 : 401, $now);
        }
        return $this->carryOut($call, $body, $now);
    }

    private function carryOut(Call $call, string $body, int $now): Reply
    {
        $mark = $this->mark->known();
        try {
            $answer = $this->answers->to($call, Said::read($body), $now);
        } catch (Refusal $refusal) {
            return Reply::refusal($refusal->getMessage(), 400, $now);
        }
        $this->mark->keep($call->mark);
        return new Reply(200, $answer + ['call' => $call->nonce, 'site_time' => $now, 'mark' => $mark]);
    }
}
