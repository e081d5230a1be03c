<?php
/** Freezing accounts, and letting them go again. */
declare(strict_types=1);

return [
    'a frozen account is switched off, signed out and refused' => static function (): void {
        $site = new TestSite();
        same('done', $site->contain($site->broker->order(5, ['freeze'])));
        same([true, false], array_map($site->wired->containment->isFrozen(...), ['clerk', 'owner']));
        same('off ended cancelled:0', $site->shop->told('clerk'));
        same('refused frozen', $site->apply($site->broker->lease('g1', ['ver' => 6])));
        same('contained clerk', $site->events());
    },
    'the same order again changes nothing more' => static function (): void {
        $site = new TestSite();
        $order = $site->broker->order(5, ['freeze']);
        same(['done', 'done'], [$site->contain($order), $site->contain($order, 1600)]);
        same(['off ended cancelled:0', 'contained clerk'], [$site->shop->told('clerk'), $site->events()]);
        same(true, $site->wired->containment->isFrozen('clerk'));
        same('done', $site->contain($site->broker->order(6, ['release'])));
        same(false, $site->wired->containment->isFrozen('clerk'));
        same('on', substr($site->shop->told('clerk'), -2));
    },
    'an order that died half way is carried out again' => static function (): void {
        $site = new TestSite();
        $order = $site->broker->order(5, ['end_sessions']);
        $site->contain($order);
        $site->db->write("UPDATE {$site->db->table('emergency_access_containment')} SET carried_out = 0");
        same('done', $site->contain($order));
        same('ended ended', $site->shop->told('clerk'));
    },
    'what a frozen account holds is not enforced, and holds again when it is released' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->contain($site->broker->order(5, ['freeze']));
        same('', $site->live());
        same([], $site->call('observe')[1]['active']);
        $site->contain($site->broker->order(6, ['release']));
        same('g1', $site->live());
    },
    'a late order undoes no later one' => static function (): void {
        $site = new TestSite();
        $site->contain($site->broker->order(5, ['freeze']));
        same('refused stale_version', $site->contain($site->broker->order(4, ['release'])));
        same('refused version_conflict', $site->contain($site->broker->order(5, ['release'])));
        same(true, $site->wired->containment->isFrozen('clerk'));
    },
    'an order that says nothing of freezing leaves it as it is' => static function (): void {
        $site = new TestSite();
        $site->contain($site->broker->order(5, ['freeze']));
        $site->contain($site->broker->order(6, ['end_sessions']));
        same(true, $site->wired->containment->isFrozen('clerk'));
    },
    'whom the shop itself had switched off stays off at a release' => static function (): void {
        $site = new TestSite();
        $site->shop->switchOff('clerk');
        $site->contain($site->broker->order(5, ['freeze']));
        $site->contain($site->broker->order(6, ['release']));
        same(['inactive'], $site->shop->readiness('clerk'));
    },
    'everyone but those spared' => static function (): void {
        $site = new TestSite();
        $site->contain($site->broker->order(5, ['freeze'], '*', ['owner']));
        same([true, false], array_map($site->wired->containment->isFrozen(...), ['clerk', 'owner']));
        same('', $site->shop->told('owner'));
        $site->contain($site->broker->order(6, ['release'], '*'));
        same(false, $site->wired->containment->isFrozen('clerk'));
        same([], $site->shop->readiness('clerk'));
    },
    'one account is let go while everyone else stays frozen' => static function (): void {
        $site = new TestSite();
        $site->contain($site->broker->order(5, ['freeze'], '*'));
        $site->contain($site->broker->order(6, ['release']));
        same([false, true], array_map($site->wired->containment->isFrozen(...), ['clerk', 'owner']));
        $site->contain($site->broker->order(7, ['freeze'], '*'));
        same(true, $site->wired->containment->isFrozen('clerk'));
    },
    'letting everyone go leaves those frozen by name' => static function (): void {
        $site = new TestSite();
        $site->contain($site->broker->order(4, ['freeze']));
        $site->contain($site->broker->order(5, ['freeze'], '*'));
        $site->contain($site->broker->order(6, ['release'], '*'));
        same([true, false], array_map($site->wired->containment->isFrozen(...), ['clerk', 'owner']));
        same([['inactive'], []], array_map($site->shop->readiness(...), ['clerk', 'owner']));
    },
    'leases are ended for good' => static function (): void {
        $site = new TestSite();
        $lease = $site->broker->lease('g1');
        $site->apply($lease);
        same('done', $site->contain($site->broker->order(5, ['end_leases'])));
        same('', $site->live());
        same('refused revoked', $site->apply($lease));
        same('lease_applied clerk, lease_ended clerk, contained clerk', $site->events());
    },
    'keys are deleted for one, or for everyone' => static function (): void {
        $site = new TestSite();
        $site->contain($site->broker->order(5, ['delete_api_keys', 'delete_application_passwords']));
        same(['keys', ''], array_map($site->shop->told(...), ['clerk', 'owner']));
        $site->contain($site->broker->order(6, ['delete_api_keys'], '*'));
        same('keys', $site->shop->told('owner'));
    },
    'an unknown account, a stranger\'s order and nonsense are refused' => static function (): void {
        $site = new TestSite();
        same('refused unknown_account', $site->contain($site->broker->order(5, ['freeze'], 'nobody')));
        same('refused unknown_key', $site->contain((new TestBroker())->order(5, ['freeze'])));
        foreach ([[], ['freeze', 'release'], ['freeze', 'freeze'], ['explode']] as $actions) {
            same('refused bad_claims', $site->contain($site->broker->order(5, $actions)));
        }
        same('refused bad_claims', $site->contain($site->broker->order(5, ['freeze'], 'clerk', ['owner'])));
    },
    'paired anew, the frozen stay frozen, and the broker\'s new key has the last word' => static function (): void {
        $site = new TestSite();
        $site->contain($site->broker->order(5, ['freeze']));
        $site->pairAnew(new TestBroker());
        same(true, $site->wired->containment->isFrozen('clerk'));
        same('refused stale_version', $site->contain($site->broker->order(4, ['release'])));
        same('done', $site->contain($site->broker->order(5, ['release'])));
        same(false, $site->wired->containment->isFrozen('clerk'));
    },
];
