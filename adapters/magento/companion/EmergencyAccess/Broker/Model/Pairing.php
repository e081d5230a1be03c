<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** Who this site is, which broker it obeys and by which public keys. */
final class Pairing
{
    /** @param array<string,string> $keys Raw Ed25519 public keys by RFC 7638 thumbprint. */
    private function __construct(
        public readonly string $site,
        public readonly string $issuer,
        public readonly array $keys,
    ) {
    }

    /** @throws Refusal bad_pairing. */
    public static function fromText(string $text): self
    {
        try {
            $document = Jws::map(Jws::decode(trim($text)));
            $keys = self::keysByKid($document['keys'] ?? null);
        } catch (Refusal $refusal) {
            throw new Refusal('bad_pairing');
        }
        $site = $document['site'] ?? '';
        $issuer = $document['issuer'] ?? '';
        if (($document['v'] ?? 0) !== 1 || !is_string($site) || $site === '' || !is_string($issuer) || $issuer === '') {
            throw new Refusal('bad_pairing');
        }
        return new self($site, $issuer, $keys);
    }

    /**
     * @return array<string,string>
     * @throws Refusal
     */
    private static function keysByKid(mixed $jwks): array
    {
        if (!is_array($jwks) || !$jwks) {
            throw new Refusal('bad_pairing');
        }
        $keys = [];
        foreach ($jwks as $jwk) {
            $x = is_array($jwk) && ($jwk['crv'] ?? '') === 'Ed25519' ? ($jwk['x'] ?? '') : '';
            $raw = Jws::decode(is_string($x) ? $x : '');
            if (strlen($raw) !== SODIUM_CRYPTO_SIGN_PUBLICKEYBYTES) {
                throw new Refusal('bad_pairing');
            }
            $canonical = '{"crv":"Ed25519","kty":"OKP","x":"' . $x . '"}';
            $keys[Jws::encode(hash('sha256', $canonical, true))] = $raw;
        }
        return $keys;
    }
}
