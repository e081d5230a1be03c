<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** Which accounts may not be used at all. A row alone decides: no change of the pairing lets anybody in. */
final class FrozenAccounts
{
    private const NO_ORDER = ['standing' => '', 'standing_version' => 0];

    public function __construct(private readonly OrderTable $orders)
    {
    }

    /** By an order of its own, or by one about everyone that spares it not and that no later release of its own undid. */
    public function has(string $account): bool
    {
        $own = $this->orders->find($account) ?? self::NO_ORDER;
        $all = $this->orders->find(Order::EVERYONE) ?? self::NO_ORDER;
        if ($own['standing'] === 'frozen' || $all['standing'] !== 'frozen') {
            return $own['standing'] === 'frozen';
        }
        $released = $own['standing'] === 'released' && (int) $own['standing_version'] > (int) $all['standing_version'];
        return !$released && !in_array($account, (array) json_decode($all['spare'], true), true);
    }

    public function areAll(): bool
    {
        return ($this->orders->find(Order::EVERYONE)['standing'] ?? '') === 'frozen';
    }
}
