<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Db;
use Magento\Authorization\Model\UserContextInterface;
use Magento\Integration\Api\UserTokenRevokerInterface;
use Magento\Integration\Model\CustomUserContext;

/** Standing tokens: an admin's own, and those of the integrations. */
final class ApiKeys
{
    public function __construct(
        private readonly Db $db,
        private readonly UserTokenRevokerInterface $tokens,
        private readonly UserContextInterface $caller
    ) {
    }

    public function deleteOf(int $user): int
    {
        $this->tokens->revokeFor(new CustomUserContext($user, UserContextInterface::USER_TYPE_ADMIN));
        return $this->db->write("DELETE FROM {$this->db->table('oauth_token')} WHERE admin_id = ?", [$user]);
    }

    /** All but the one by which this very call came: the broker must be able to release what it froze. */
    public function deleteOfIntegrations(): int
    {
        $own = UserContextInterface::USER_TYPE_INTEGRATION === $this->caller->getUserType() ? (int) $this->caller->getUserId() : 0;
        return $this->db->write(
            "DELETE t FROM {$this->db->table('oauth_token')} t
            JOIN {$this->db->table('integration')} i ON i.consumer_id = t.consumer_id WHERE i.integration_id <> ?",
            [$own]
        );
    }
}
