<?php
declare(strict_types=1);

use EmergencyAccess\Broker\Model\Front;
use EmergencyAccess\Broker\Model\Jws;
use EmergencyAccess\Broker\Model\Pairing;

/** A broker's key, made for one test. */
final class TestBroker
{
    public readonly Pairing $pairing;
    /** @var array<string,string> */
    public readonly array $jwk;
    private string $secret;
    private int $calls = 0;

    /** @param TestBroker[] $others Whose keys the site knows as well. */
    public function __construct(array $others = [], private readonly string $issuer = 'broker.example')
    {
        $pair = sodium_crypto_sign_keypair();
        $this->secret = sodium_crypto_sign_secretkey($pair);
        $this->jwk = ['kty' => 'OKP', 'crv' => 'Ed25519', 'x' => Jws::encode(sodium_crypto_sign_publickey($pair))];
        $keys = [$this->jwk, ...array_map(static fn (self $other): array => $other->jwk, $others)];
        $document = ['v' => 1, 'site' => 'shop', 'issuer' => $issuer, 'keys' => $keys];
        $this->pairing = Pairing::fromText(Jws::encode(json_encode($document)));
    }

    /** @param array<string,mixed> $changed */
    public function lease(string $grant, array $changed = []): string
    {
        return $this->sign('lease+jwt', $changed + [
            'grant' => $grant, 'sub' => 'clerk', 'entitlement' => 'orders', 'nbf' => 1000, 'exp' => 2000, 'iat' => 1000, 'ver' => 1,
            'scope' => ['resources' => ['Magento_Sales::actions_view']],
        ]);
    }

    public function revocation(string $grant, int $version = 2): string
    {
        return $this->sign('revocation+jwt', ['grant' => $grant, 'ver' => $version, 'iat' => 1500, 'keep' => 9000]);
    }

    /**
     * @param string[] $actions
     * @param string[] $spare
     */
    public function order(int $version, array $actions, string $account = 'clerk', array $spare = []): string
    {
        return $this->sign('containment+jwt', [
            'order' => "order_$version", 'account' => $account, 'spare' => $spare, 'actions' => $actions, 'ver' => $version, 'iat' => 1500,
        ]);
    }

    public function rule(string $superAdmins): string
    {
        return $this->sign('protection+jwt', [
            'super_admins' => $superAdmins, 'post_types' => [], 'orders' => false, 'ver' => 3, 'iat' => 1500,
        ]);
    }

    /** @param array<string,mixed> $changed */
    public function call(string $verb, string $body, array $changed = []): string
    {
        return $this->sign('call+jwt', $changed + [
            'method' => 'POST', 'route' => Front::SPACE . $verb, 'body' => Jws::encode(hash('sha256', $body, true)),
            'iat' => 1500, 'exp' => 1560, 'jti' => 'call_' . ++$this->calls, 'mark' => 1,
        ]);
    }

    /** @param array<string,mixed> $claims */
    private function sign(string $type, array $claims): string
    {
        $claims += ['iss' => $this->issuer, 'aud' => 'shop'];
        $kid = Jws::encode(hash('sha256', '{"crv":"Ed25519","kty":"OKP","x":"' . $this->jwk['x'] . '"}', true));
        $head = json_encode(['alg' => 'Ed25519', 'kid' => $kid, 'typ' => $type]);
        $text = Jws::encode($head) . '.' . Jws::encode(json_encode($claims));
        return $text . '.' . Jws::encode(sodium_crypto_sign_detached($text, $this->secret));
    }
}
