<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The broker's word that a grant is over. It is never too late and never too early. */
final class Revocation
{
    public const TYPE = 'revocation+jwt';

    /** @param int $keepUntil Until when a late lease must still be recognised. */
    private function __construct(
        public readonly string $jws,
        public readonly string $grant,
        public readonly int $version,
        public readonly int $keepUntil,
    ) {
    }

    /** @throws Refusal With the reason. */
    public static function verify(string $jws, Pairing $pairing): self
    {
        $claims = Claims::open($jws, self::TYPE, $pairing);
        $claims->instant('iat');
        return new self($jws, $claims->id('grant'), $claims->whole('ver'), $claims->instant('keep'));
    }
}
