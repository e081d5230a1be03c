<?php
declare(strict_types=1);

use EmergencyAccess\Broker\Model\Db;
use EmergencyAccess\Broker\Plugin\LentPermission;
use EmergencyAccess\Broker\Site\Activity;
use EmergencyAccess\Broker\Site\CurrentAdmin;
use EmergencyAccess\Broker\Site\Frozen;
use EmergencyAccess\Broker\Site\Lending;
use EmergencyAccess\Broker\Site\Uses;
use Magento\Authorization\Model\UserContextInterface;
use Magento\Framework\App\State;
use Magento\Framework\AuthorizationInterface;

/** One request of somebody, and the question Magento asks in it. */
final class Asking implements UserContextInterface, AuthorizationInterface
{
    public const ADMINS = ['clerk' => 1, 'owner' => 2];

    public readonly State $state;
    public readonly Uses $uses;
    public readonly Lending $lending;
    private LentPermission $permission;

    public function __construct(TestSite $site, private string $login, private int $type = self::USER_TYPE_ADMIN, ?Db $db = null)
    {
        $db ??= $site->db;
        $activity = new Activity($db);
        $admin = new CurrentAdmin($this, $db);
        $this->state = new State();
        $this->uses = new Uses($site->wired->events);
        $this->lending = new Lending($activity, $site->wired->live, $admin);
        $frozen = new Frozen($activity, $db, $site->wired->frozen, $admin);
        $this->permission = new LentPermission($this->lending, $frozen, $this->uses, $this->state);
    }

    /** Magento's table of admins, which the site's stand-in has in a shape of its own. */
    public static function hire(TestSite $site): void
    {
        $table = $site->db->table('admin_user');
        $site->db->write("DROP TABLE IF EXISTS $table");
        $site->db->write("CREATE TABLE $table (user_id int PRIMARY KEY, username varchar(40))");
        foreach (self::ADMINS as $login => $number) {
            $site->db->add('admin_user', ['user_id' => $number, 'username' => $login]);
        }
    }

    public function may(string $resource, bool $byRole = false): bool
    {
        return $this->permission->afterIsAllowed($this, $byRole, $resource);
    }

    public function getUserId(): int
    {
        return self::ADMINS[$this->login];
    }

    public function getUserType(): int
    {
        return $this->type;
    }

    public function isAllowed($resource, $privilege = null): bool
    {
        return false;
    }
}
