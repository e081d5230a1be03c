<?php
/** What was revoked or cut short stays over, whatever becomes of its row. */
declare(strict_types=1);

use EmergencyAccess\Broker\Model\StorageFailed;

/** The row as it stands now, taken out of the table or not; called again, it stands there as it did. */
$kept = static function (TestSite $site, string $grant): callable {
    $row = $site->wired->leases->find($grant);
    return static function () use ($site, $grant, $row): void {
        $site->db->write("DELETE FROM {$site->db->table('emergency_access_lease')} WHERE grant_id = ?", [$grant]);
        same(true, $site->db->add('emergency_access_lease', $row));
    };
};

return [
    'a revoked lease whose row is put back opens nothing, and is not taken again' => static function () use ($kept): void {
        $site = new TestSite();
        $lease = $site->broker->lease('g1');
        $site->apply($lease);
        $site->apply($site->broker->lease('g2'));
        $putBack = $kept($site, 'g1');
        $site->revoke($site->broker->revocation('g1'));
        $putBack();
        same('g2', $site->live());
        same(['g2'], array_column($site->call('observe')[1]['active'], 'grant'));
        same(['refused revoked', 'refused revoked'], array_map($site->apply(...), [$lease, $site->broker->lease('g1', ['ver' => 9])]));
        same('g2', $site->live());
    },
    'nor does one that an order about its holder ended, even with its row spoilt then' => static function () use ($kept): void {
        foreach (['version = 1', "lease = 'x'"] as $edit) {
            $site = new TestSite();
            $site->apply($site->broker->lease('g1'));
            $putBack = $kept($site, 'g1');
            $site->edit("UPDATE LEASES SET $edit");
            $site->contain($site->broker->order(5, ['end_leases']));
            $putBack();
            same('', $site->live());
        }
    },
    'nor one whose row was away, spoilt or another\'s when it was revoked' => static function () use ($kept): void {
        $edits = ['DELETE FROM LEASES', "UPDATE LEASES SET lease = 'x'", "UPDATE LEASES SET account = 'owner'", "UPDATE LEASES SET revocation = 'x', ended_at = 1"];
        foreach ($edits as $edit) {
            $site = new TestSite();
            $site->apply($site->broker->lease('g1'));
            $putBack = $kept($site, 'g1');
            same(1, $site->edit($edit));
            same('done', $site->revoke($site->broker->revocation('g1')));
            $putBack();
            same('', $site->live());
        }
    },
    'a row put back keeps no session alive' => static function () use ($kept): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->apply($site->broker->lease('g2', ['exp' => 1800]));
        $putBack = $kept($site, 'g1');
        $site->revoke($site->broker->revocation('g1'));
        $putBack();
        same('tokens', $site->shop->told('clerk'));
        $site->wired->end->sweep(1800);
        same('tokens cancelled:940 ended', $site->shop->told('clerk'));
    },
    'it is written down before the first session is ended' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->db->write("RENAME TABLE {$site->db->table('stand_in_admin')} TO stand_in_away");
        try {
            $site->revoke($site->broker->revocation('g1'));
            throw new RuntimeException('sessions were ended');
        } catch (StorageFailed) {
            same(['g1'], array_keys($site->wired->ended->grants(1500)));
        } finally {
            $site->db->write("RENAME TABLE stand_in_away TO {$site->db->table('stand_in_admin')}");
        }
    },
    'what ended in its own time needs no line' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->wired->end->sweep(2000);
        same(false, is_file("$site->folder/ended"));
    },
    'a refused revocation writes nothing down' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->revoke((new TestBroker())->revocation('g1'));
        same([false, 'g1'], [is_file("$site->folder/ended"), $site->live()]);
    },
    'lines are kept as long as a lease could live, and no longer' => static function (): void {
        $site = new TestSite();
        $ended = $site->wired->ended;
        $ended->add(['a', '7'], 1000);
        $ended->add(['c', 'a'], 2000);
        same(['a', 7, 'c'], array_keys($ended->grants(2000)));
        same(['c'], array_keys($ended->grants(1000 + 86460)));
        $ended->add(['d'], 1000 + 86460);
        same("c 88460\nd 173920\n", file_get_contents("$site->folder/ended"));
    },
    'an id that is none writes no line of its own' => static function (): void {
        $site = new TestSite();
        $site->wired->ended->add(["x\ng2 9999999999", '', str_repeat('x', 65)], 1000);
        same(false, is_file("$site->folder/ended"));
    },
    'without the folder everything else goes on' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        rmdir($site->folder);
        same('done', $site->revoke($site->broker->revocation('g1')));
        same('', $site->live());
    },
];
