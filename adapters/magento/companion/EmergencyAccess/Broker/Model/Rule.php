<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The broker's standing rule about network administrators, whom Magento has not. */
final class Rule
{
    public const TYPE = 'protection+jwt';

    private function __construct(public readonly string $site, public readonly bool $stops)
    {
    }

    /** @throws Refusal With the reason. */
    public static function verify(string $jws, Pairing $pairing): self
    {
        $claims = Claims::open($jws, self::TYPE, $pairing);
        $claims->whole('ver');
        $claims->instant('iat');
        $claims->texts('post_types', 20);
        $said = $claims->any('super_admins');
        if (!in_array($said, ['stopped', 'free'], true) || !is_bool($claims->any('orders'))) {
            throw new Refusal('bad_claims');
        }
        return new self($pairing->site, $said === 'stopped');
    }
}
