<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use Magento\Framework\Module\Manager;
use Magento\Framework\ObjectManagerInterface;
use Magento\TwoFactorAuth\Api\TfaInterface;

/** Magento's own second factor, which a site may have switched off or removed. */
final class SecondFactor
{
    public function __construct(private readonly Manager $modules, private readonly ObjectManagerInterface $objects)
    {
    }

    public function demanded(): bool
    {
        return $this->modules->isEnabled('Magento_TwoFactorAuth');
    }

    /** Whether the account would have to enrol by mail before it could sign in. */
    public function missingFor(int $user): bool
    {
        if (!$this->demanded()) {
            return false;
        }
        // Named here and not in the constructor, which a site without the module could not fill.
        $factors = $this->objects->get(TfaInterface::class);
        return [] === $factors->getUserProviders($user) || [] !== $factors->getProvidersToActivate($user);
    }
}
