<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** Typed reading of claims whose signature was already checked. */
final class Claims
{
    private const LONGEST_LIST = 100;

    /** @param array<string,mixed> $values */
    private function __construct(private readonly array $values)
    {
    }

    /** Open a document meant for this very site, sent by the very broker it is paired with. */
    public static function open(string $jws, string $type, Pairing $pairing): self
    {
        $claims = new self(Jws::open($jws, $type, $pairing->keys));
        if ($claims->any('iss') !== $pairing->issuer) {
            throw new Refusal('wrong_issuer');
        }
        if ($claims->any('aud') !== $pairing->site) {
            throw new Refusal('wrong_audience');
        }
        return $claims;
    }

    public function whole(string $name): int
    {
        $value = $this->any($name);
        if (!is_int($value) || $value < 0 || $value >= 2 ** 53) {
            throw new Refusal('bad_claims');
        }
        return $value;
    }

    /** Seconds since 1970 in UTC, up to the year 9999. */
    public function instant(string $name): int
    {
        $value = $this->whole($name);
        return $value <= 253402300799 ? $value : throw new Refusal('bad_claims');
    }

    public function text(string $name, int $longest): string
    {
        return self::plain($this->any($name), $longest);
    }

    /** @return string[] */
    public function texts(string $name, int $longest): array
    {
        $values = $this->any($name);
        if (!is_array($values) || !array_is_list($values) || count($values) > self::LONGEST_LIST) {
            throw new Refusal('bad_claims');
        }
        return array_map(static fn ($value): string => self::plain($value, $longest), $values);
    }

    public function id(string $name): string
    {
        $value = $this->text($name, 64);
        return preg_match('/\A[A-Za-z0-9_.:-]+\z/', $value) ? $value : throw new Refusal('bad_claims');
    }

    public function any(string $name): mixed
    {
        return $this->values[$name] ?? null;
    }

    private static function plain(mixed $value, int $longest): string
    {
        if (!is_string($value) || strlen($value) > $longest || !preg_match('/\A[^\x00-\x1f\x7f]+\z/', $value)) {
            throw new Refusal('bad_claims');
        }
        return $value;
    }
}
