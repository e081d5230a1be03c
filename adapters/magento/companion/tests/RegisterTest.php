<?php
/** Taking in leases and revocations: repeatable, monotonic, final. */
declare(strict_types=1);

return [
    'a lease lives from its beginning to its last second' => static function (): void {
        $site = new TestSite();
        same('done', $site->apply($site->broker->lease('g1')));
        same(['', 'g1', 'g1', ''], array_map($site->live(...), [939, 940, 1999, 2000]));
    },
    'the same lease twice is done twice and told once' => static function (): void {
        $site = new TestSite();
        $lease = $site->broker->lease('g1');
        same(['done', 'done'], [$site->apply($lease), $site->apply($lease, 1600)]);
        same('lease_applied clerk', $site->events());
    },
    'a higher version replaces, a lower one and a different equal one are refused' => static function (): void {
        $site = new TestSite();
        same('done', $site->apply($site->broker->lease('g1', ['ver' => 3])));
        same('refused stale_version', $site->apply($site->broker->lease('g1', ['ver' => 2])));
        same('refused version_conflict', $site->apply($site->broker->lease('g1', ['ver' => 3, 'exp' => 1900])));
        same('done', $site->apply($site->broker->lease('g1', ['ver' => 4, 'exp' => 1800])));
        same('', $site->live(1800));
    },
    'ids are told apart byte by byte' => static function (): void {
        $site = new TestSite();
        same('done', $site->apply($site->broker->lease('g1')));
        same('done', $site->revoke($site->broker->revocation('G1')));
        same('g1', $site->live());
    },
    'a grant never moves to another account' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        same('refused account_changed', $site->apply($site->broker->lease('g1', ['ver' => 2, 'sub' => 'owner'])));
    },
    'what the site objects to is refused and not kept' => static function (): void {
        $site = new TestSite();
        same('refused expired', $site->apply($site->broker->lease('g1'), 2000));
        same('refused unknown_account', $site->apply($site->broker->lease('g1', ['sub' => 'Clerk'])));
        $unknown = ['scope' => ['resources' => ['Magento_Sales::actions_view', 'Magento_Sales::no_such_thing']]];
        same('refused unknown_resource', $site->apply($site->broker->lease('g1', $unknown)));
        $settings = ['scope' => ['resources' => ['Magento_Payment::payment']]];
        same('refused forbidden_capability', $site->apply($site->broker->lease('g1', $settings)));
        same(null, $site->wired->leases->find('g1'));
    },
    'a stranger\'s documents are refused' => static function (): void {
        $site = new TestSite();
        same('refused unknown_key', $site->apply((new TestBroker())->lease('g1')));
        same('refused unknown_key', $site->revoke((new TestBroker())->revocation('g1')));
    },
    'tokens handed out before an account\'s first lease inherit nothing, later leases disturb nobody' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->apply($site->broker->lease('g2', ['exp' => 3000]));
        same('tokens', $site->shop->told('clerk'));
        same('', $site->shop->told('owner'));
    },
    'revoking ends the grant, its sessions and what it queued, once, however often it is said' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        same('done', $site->revoke($site->broker->revocation('g1')));
        same('done', $site->revoke($site->broker->revocation('g1')));
        same('done', $site->revoke($site->broker->revocation('g1', 9)));
        same('', $site->live());
        same('tokens cancelled:940 ended', $site->shop->told('clerk'));
        same('lease_applied clerk, lease_ended clerk', $site->events());
    },
    'a revocation is final, also for leases with a higher version' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->revoke($site->broker->revocation('g1'));
        foreach ([1, 2, 7] as $version) {
            same('refused revoked', $site->apply($site->broker->lease('g1', ['ver' => $version])));
        }
        same('', $site->live());
    },
    'an unknown revocation leaves a tombstone that a late lease cannot pass' => static function (): void {
        $site = new TestSite();
        same('done', $site->revoke($site->broker->revocation('g1')));
        same('refused revoked', $site->apply($site->broker->lease('g1')));
        same('', $site->shop->told('clerk'));
    },
    'a tombstone outlives the lease it keeps out, then goes' => static function (): void {
        $site = new TestSite();
        $site->revoke($site->broker->revocation('g1'));
        $site->wired->leases->prune(9000 + 86400);
        same(true, $site->wired->leases->find('g1') !== null);
        $site->wired->leases->prune(9001 + 86400);
        same(null, $site->wired->leases->find('g1'));
    },
    'the sweep ends what is due, once, and leaves the rest' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->apply($site->broker->lease('g2', ['sub' => 'owner', 'exp' => 3000]));
        array_map($site->wired->end->sweep(...), [1999, 2000, 2001]);
        same('tokens cancelled:940 ended', $site->shop->told('clerk'));
        same('tokens', $site->shop->told('owner'));
        same('g2', $site->live(2001, 'owner'));
    },
    'a clock set back revives nothing that was swept' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->wired->end->sweep(2000);
        same('', $site->live(1500));
        same('refused ended', $site->apply($site->broker->lease('g1'), 1500));
    },
    'two grants of one admin: what they open adds up, the last one ends the sessions' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->apply($site->broker->lease('g2', ['exp' => 3000, 'scope' => ['resources' => ['Magento_Review::reviews_all']]]));
        same('g1 g2', $site->live());
        $site->revoke($site->broker->revocation('g1'));
        same('g2', $site->live());
        same('tokens cancelled:940', $site->shop->told('clerk'));
        $site->wired->end->sweep(3000);
        same('tokens cancelled:940 cancelled:940 ended', $site->shop->told('clerk'));
    },
    'what was queued goes on where another lease opens all of it' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $wider = ['resources' => ['Magento_Sales::actions_view', 'Magento_Sales::comment']];
        $site->apply($site->broker->lease('g2', ['exp' => 3000, 'scope' => $wider]));
        $site->wired->end->sweep(2000);
        same('tokens', $site->shop->told('clerk'));
    },
    'an edited row grants nothing and is counted' => static function (): void {
        $edits = ["SET account = 'owner'", "SET lease = REPLACE(lease, '.', '.A')", 'SET version = 0', "SET grant_id = 'g9'"];
        foreach ($edits as $edit) {
            $site = new TestSite();
            $site->apply($site->broker->lease('g1'));
            same(1, $site->edit("UPDATE LEASES $edit"));
            same('', $site->live() . $site->live(1500, 'owner'));
            same(1, $site->wired->live->unproven());
        }
    },
    'a later expiry in the row prolongs nothing' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->edit('UPDATE LEASES SET expires_at = 99999');
        same('', $site->live(2000));
    },
    'during a rotation leases of either key hold' => static function (): void {
        $site = new TestSite();
        $old = $site->broker;
        $site->apply($old->lease('g1'));
        $site->pairAnew(new TestBroker([$old]));
        same('done', $site->apply($site->broker->lease('g2')));
        same('g1 g2', $site->live());
    },
    'paired anew, an old lease opens nothing until the broker sends it under its new key' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1', ['ver' => 3]));
        $site->pairAnew(new TestBroker());
        same('', $site->live());
        same('refused stale_version', $site->apply($site->broker->lease('g1', ['ver' => 2])));
        same('done', $site->apply($site->broker->lease('g1', ['ver' => 3])));
        same('g1', $site->live());
    },
    'paired anew, a tombstone still stands' => static function (): void {
        $site = new TestSite();
        $site->revoke($site->broker->revocation('g1'));
        $site->pairAnew(new TestBroker());
        same('refused revoked', $site->apply($site->broker->lease('g1', ['ver' => 9])));
    },
    'paired anew, what an old lease opened ends at its time' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->pairAnew(new TestBroker());
        $site->wired->end->sweep(2000);
        same('tokens cancelled:0 ended', $site->shop->told('clerk'));
    },
    'without a pairing nothing is lent' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->wired->paired = null;
        same('', $site->live());
    },
];
