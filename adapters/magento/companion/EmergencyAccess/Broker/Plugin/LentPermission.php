<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Plugin;

use EmergencyAccess\Broker\Model\StorageFailed;
use EmergencyAccess\Broker\Site\Frozen;
use EmergencyAccess\Broker\Site\Lending;
use EmergencyAccess\Broker\Site\Uses;
use Magento\Framework\App\Area;
use Magento\Framework\App\State;
use Magento\Framework\AuthorizationInterface;

/**
 * Turns a denial into an allow while a live lease of this very admin names the resource.
 *
 * All of Magento asks here: menus, pages, REST and SOAP. Nothing is written into
 * roles, so there is nothing to take back, and no cache that could remember it.
 */
final class LentPermission
{
    /** Anyone may have these; and asking who is calling would use up an OAuth nonce too early. */
    private const NOBODYS = ['anonymous', 'self'];

    /**
     * Without these nobody gets past the sign-in. Over REST the second one would let its holder rewrite
     * other people's second factors.
     */
    private const TO_SIGN_IN = ['Magento_Backend::admin', 'Magento_TwoFactorAuth::tfa'];

    public function __construct(
        private readonly Lending $lending,
        private readonly Frozen $frozen,
        private readonly Uses $uses,
        private readonly State $state
    ) {
    }

    /**
     * @param bool $allowed
     * @param string|null $resource
     */
    public function afterIsAllowed(AuthorizationInterface $subject, $allowed, $resource): bool
    {
        if (!is_string($resource) || in_array($resource, self::NOBODYS, true)) {
            return (bool) $allowed;
        }
        try {
            $now = time();
            return !$this->frozen->isCurrentAdmin($now) && ($this->isLent($resource, $now) || $allowed);
        } catch (StorageFailed) {
            // Nothing is lent; what the admin may do anyway does not depend on the companion.
            return (bool) $allowed;
        }
    }

    private function isLent(string $resource, int $now): bool
    {
        $lender = $this->lending->lender($resource, $now);
        if (null !== $lender) {
            $this->uses->note($lender, $now);
            return true;
        }
        return in_array($resource, self::TO_SIGN_IN, true)
            && Area::AREA_ADMINHTML === $this->state->getAreaCode()
            && [] !== $this->lending->leases($now);
    }
}
