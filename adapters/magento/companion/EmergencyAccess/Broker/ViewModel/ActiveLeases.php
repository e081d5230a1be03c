<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\ViewModel;

use EmergencyAccess\Broker\Model\FrozenAccounts;
use EmergencyAccess\Broker\Model\LiveLeases;
use EmergencyAccess\Broker\Model\PairingSource;
use EmergencyAccess\Broker\Model\Refusal;
use EmergencyAccess\Broker\Site\Resources;
use Magento\Framework\View\Element\Block\ArgumentInterface;

/** What the page System > Emergency Access tells. */
final class ActiveLeases implements ArgumentInterface
{
    public function __construct(
        private readonly LiveLeases $live,
        private readonly Resources $resources,
        private readonly FrozenAccounts $frozen,
        private readonly PairingSource $source
    ) {
    }

    /** The broker this site obeys; '' for none. */
    public function broker(): string
    {
        try {
            return $this->source->pairing()->issuer;
        } catch (Refusal) {
            return '';
        }
    }

    /** @return array<int,array{account:string,until:string,opens:string[],grant:string}> */
    public function rows(): array
    {
        return array_map(
            fn ($lease): array => [
                'account' => $lease->account,
                'until' => gmdate('Y-m-d H:i', $lease->expiresAt) . ' UTC',
                'opens' => array_map($this->resources->tree()->title(...), $lease->scope->resources),
                'grant' => $lease->grant,
            ],
            $this->live->all(time())
        );
    }

    public function isEveryoneFrozen(): bool
    {
        return $this->frozen->areAll();
    }
}
