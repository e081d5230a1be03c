<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** What the broker orders to be done to one account, or to everyone but those spared. */
final class Order
{
    public const TYPE = 'containment+jwt';
    public const EVERYONE = '*';
    public const ACTIONS = [
        'freeze', 'release', 'end_sessions', 'delete_application_passwords', 'delete_api_keys', 'end_leases',
    ];

    /**
     * @param string[] $spare
     * @param string[] $actions
     */
    private function __construct(
        public readonly string $jws,
        public readonly string $id,
        public readonly string $account,
        public readonly array $spare,
        public readonly array $actions,
        public readonly int $version,
    ) {
    }

    /** @throws Refusal With the reason. */
    public static function verify(string $jws, Pairing $pairing): self
    {
        $claims = Claims::open($jws, self::TYPE, $pairing);
        $claims->instant('iat');
        $order = new self(
            $jws,
            $claims->id('order'),
            $claims->text('account', 60),
            $claims->texts('spare', 60),
            $claims->texts('actions', 40),
            $claims->whole('ver'),
        );
        $order->mustMakeSense();
        return $order;
    }

    public function says(string $action): bool
    {
        return in_array($action, $this->actions, true);
    }

    /** 'frozen', 'released', or '' for an order that leaves that as it is. */
    public function standing(): string
    {
        return $this->says('freeze') ? 'frozen' : ($this->says('release') ? 'released' : '');
    }

    private function mustMakeSense(): void
    {
        $known = $this->actions && !array_diff($this->actions, self::ACTIONS)
            && count(array_unique($this->actions)) === count($this->actions);
        $spares = !$this->spare || $this->account === self::EVERYONE;
        if (!$known || !$spares || ($this->says('freeze') && $this->says('release'))) {
            throw new Refusal('bad_claims');
        }
    }
}
