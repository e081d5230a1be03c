<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** One lease whose signature, broker, audience and shape were checked. Times are seconds since 1970. */
final class Lease
{
    public const TYPE = 'lease+jwt';
    public const LONGEST = 86400;
    public const NOT_BEFORE_LEEWAY = 60;

    private function __construct(
        public readonly string $jws,
        public readonly string $grant,
        public readonly string $account,
        public readonly string $entitlement,
        public readonly int $notBefore,
        public readonly int $expiresAt,
        public readonly int $version,
        public readonly Scope $scope,
    ) {
    }

    /** @throws Refusal With the reason, times apart: see mustBeLive. */
    public static function verify(string $jws, Pairing $pairing): self
    {
        $claims = Claims::open($jws, self::TYPE, $pairing);
        $notBefore = $claims->instant('nbf');
        $expiresAt = $claims->instant('exp');
        $claims->instant('iat');
        if (!is_array($claims->any('scope')) || $expiresAt <= $notBefore) {
            throw new Refusal('bad_claims');
        }
        if ($expiresAt - $notBefore > self::LONGEST) {
            throw new Refusal('too_long');
        }
        return new self(
            $jws,
            $claims->id('grant'),
            $claims->text('sub', 60),
            $claims->text('entitlement', 100),
            $notBefore,
            $expiresAt,
            $claims->whole('ver'),
            Scope::fromClaim($claims->any('scope')),
        );
    }

    /** Leeway before the beginning, none at the end. */
    public function isLive(int $now): bool
    {
        return $now < $this->expiresAt && $now >= $this->notBefore - self::NOT_BEFORE_LEEWAY;
    }

    /** @throws Refusal expired or not_yet. */
    public function mustBeLive(int $now): void
    {
        if (!$this->isLive($now)) {
            throw new Refusal($now >= $this->expiresAt ? 'expired' : 'not_yet');
        }
    }
}
