<?php
/** What Magento is answered when it asks for a permission, by the machine's own clock. */
declare(strict_types=1);

use Magento\Authorization\Model\UserContextInterface;

$orders = 'Magento_Sales::actions_view';

/** @param array<string,mixed> $changed */
$lent = static function (array $changed = []): TestSite {
    $site = new TestSite();
    Asking::hire($site);
    same('done', $site->apply($site->broker->lease('g1', $changed + ['nbf' => time() - 5, 'exp' => time() + 60]), time()));
    return $site;
};

return [
    'a lease opens its resource to its holder, that one exactly, and to nobody else' => static function () use ($orders, $lent): void {
        $site = $lent();
        $clerk = new Asking($site, 'clerk');
        same(true, $clerk->may($orders));
        same(false, $clerk->may('Magento_Sales::actions'));
        same(false, $clerk->may('Magento_Sales::sales'));
        same(false, (new Asking($site, 'owner'))->may($orders));
    },
    'an integration inherits nothing, whatever its number' => static function () use ($orders, $lent): void {
        same(false, (new Asking($lent(), 'clerk', UserContextInterface::USER_TYPE_INTEGRATION))->may($orders));
    },
    'nothing is lent from the second of the end on, though nobody swept' => static function () use ($orders, $lent): void {
        $site = $lent(['exp' => time() + 2]);
        $clerk = new Asking($site, 'clerk');
        same(true, $clerk->may($orders));
        time_sleep_until(time() + 2);
        same(false, $clerk->may($orders));
        same(0, (int) $site->db->rows("SELECT ended_at FROM {$site->db->table('emergency_access_lease')}")[0]['ended_at']);
    },
    'a revoked lease lends nothing to the next request' => static function () use ($orders, $lent): void {
        $site = $lent();
        $site->revoke($site->broker->revocation('g1'), time());
        same(false, (new Asking($site, 'clerk'))->may($orders));
    },
    'a row prolonged or moved in the database lends nothing' => static function () use ($orders, $lent): void {
        $site = $lent();
        $site->edit("UPDATE LEASES SET account = 'owner'");
        same(false, (new Asking($site, 'owner'))->may($orders));
        $over = new TestSite();
        Asking::hire($over);
        $over->apply($over->broker->lease('g1', ['nbf' => 1000, 'exp' => 2000]));
        $over->edit('UPDATE LEASES SET ended_at = 0, expires_at = 99999999999');
        same(false, (new Asking($over, 'clerk'))->may($orders));
    },
    'two leases open both, and the one that ends closes alone' => static function () use ($orders, $lent): void {
        $site = $lent();
        $customers = ['resources' => ['Magento_Customer::manage']];
        $site->apply($site->broker->lease('g2', ['nbf' => time() - 5, 'exp' => time() + 60, 'scope' => $customers]), time());
        $both = new Asking($site, 'clerk');
        same([true, true], [$both->may($orders), $both->may('Magento_Customer::manage')]);
        $site->revoke($site->broker->revocation('g1'), time());
        $one = new Asking($site, 'clerk');
        same([false, true], [$one->may($orders), $one->may('Magento_Customer::manage')]);
    },
    'the way through the sign-in comes with a lease, on admin pages and not over the web API' => static function () use ($lent): void {
        $clerk = new Asking($lent(), 'clerk');
        same([true, true], [$clerk->may('Magento_Backend::admin'), $clerk->may('Magento_TwoFactorAuth::tfa')]);
        $clerk->state->area = 'webapi_rest';
        same(false, $clerk->may('Magento_TwoFactorAuth::tfa'));
        $site = new TestSite();
        Asking::hire($site);
        same(false, (new Asking($site, 'clerk'))->may('Magento_TwoFactorAuth::tfa'));
    },
    'a frozen account is denied even what its role gives it' => static function () use ($orders, $lent): void {
        $site = $lent();
        $site->contain($site->broker->order(5, ['freeze']), time());
        $clerk = new Asking($site, 'clerk');
        same([false, false], [$clerk->may($orders), $clerk->may('Magento_Catalog::products', true)]);
        same(true, (new Asking($site, 'owner'))->may('Magento_Catalog::products', true));
    },
    'without the tables nothing is lent, and what the role gives stays' => static function () use ($orders, $lent): void {
        $site = $lent();
        $db = new CountingDb($site->db);
        $db->gone = true;
        $clerk = new Asking($site, 'clerk', db: $db);
        same([false, true], [$clerk->may($orders), $clerk->may('Magento_Catalog::products', true)]);
    },
    'a quiet day costs one statement a second, however often is asked' => static function () use ($orders): void {
        $site = new TestSite();
        Asking::hire($site);
        $db = new CountingDb($site->db);
        $clerk = new Asking($site, 'clerk', db: $db);
        $begun = time();
        foreach (range(1, 200) as $entry) {
            $clerk->may($orders, $entry % 2 === 0);
        }
        same(true, $db->asked <= time() - $begun + 1);
    },
    'everybody\'s permissions are nobody\'s business' => static function () use ($lent): void {
        $site = $lent();
        $db = new CountingDb($site->db);
        $clerk = new Asking($site, 'clerk', db: $db);
        same([true, false], [$clerk->may('anonymous', true), $clerk->may('self')]);
        same(0, $db->asked);
    },
    'who asks is told only what is known of them, once the request failed' => static function () use ($orders, $lent): void {
        $clerk = new Asking($lent(), 'clerk');
        same([], $clerk->lending->leasesOfKnown(time()));
        $clerk->may($orders);
        same(1, count($clerk->lending->leasesOfKnown(time())));
    },
];
