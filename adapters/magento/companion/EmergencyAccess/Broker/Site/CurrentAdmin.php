<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use EmergencyAccess\Broker\Model\Db;
use Magento\Authorization\Model\UserContextInterface;

/** The admin on whose behalf this request runs, by login session or token; integrations and guests are nobody. */
final class CurrentAdmin
{
    /** @var array<int,string> */
    private array $names = [];

    private string $known = '';

    public function __construct(private readonly UserContextInterface $context, private readonly Db $db)
    {
    }

    /** The login, '' for nobody. */
    public function login(): string
    {
        if (UserContextInterface::USER_TYPE_ADMIN !== (int) $this->context->getUserType()) {
            return '';
        }
        $user = (int) $this->context->getUserId();
        return $this->known = $this->names[$user] ??= $this->name($user);
    }

    /** The same for a request that may have failed: asking after a wrong OAuth signature would fail it again, worse. */
    public function known(): string
    {
        return $this->known;
    }

    private function name(int $user): string
    {
        $rows = $this->db->rows("SELECT username FROM {$this->db->table('admin_user')} WHERE user_id = ?", [$user]);
        return (string) ($rows[0]['username'] ?? '');
    }
}
