<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** The signed envelope of one request from the broker: this route, this body, once, now. */
final class Call
{
    public const TYPE = 'call+jwt';

    /** How far the two clocks may differ. */
    public const SKEW = 60;

    /**
     * For every call that gives nobody anything: a site whose clock is wrong must still be
     * able to take access back, and repeating such a call is harmless.
     */
    public const WIDE_SKEW = 86400;

    /** What a repeated call would give away. */
    private const GIVING = ['apply', 'resume'];

    private function __construct(
        public readonly string $verb,
        public readonly string $nonce,
        public readonly int $mark,
        public readonly int $keepUntil,
    ) {
    }

    /** @throws Refusal With the reason. */
    public static function verify(string $jws, Pairing $pairing, string $route, string $body, int $now): self
    {
        $claims = Claims::open($jws, self::TYPE, $pairing);
        $issued = $claims->instant('iat');
        $expires = $claims->instant('exp');
        $nonce = $claims->id('jti');
        $mark = $claims->whole('mark');
        if ($claims->any('method') !== 'POST' || $claims->any('route') !== $route) {
            throw new Refusal('wrong_route');
        }
        if (!hash_equals(Jws::encode(hash('sha256', $body, true)), $claims->text('body', 64))) {
            throw new Refusal('wrong_body');
        }
        $verb = basename($route);
        $gives = in_array($verb, self::GIVING, true);
        if ($now >= $expires + ($gives ? 0 : self::WIDE_SKEW) || $now < $issued - ($gives ? self::SKEW : self::WIDE_SKEW)) {
            throw new Refusal('clock_skew');
        }
        return new self($verb, $nonce, $mark, $expires + self::WIDE_SKEW + self::SKEW);
    }
}
