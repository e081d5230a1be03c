<?php
/** A database put back from a backup gives nobody anything until the broker resumes. */
declare(strict_types=1);

use EmergencyAccess\Broker\Model\StateTable;

/** A shop that was told of document 7, then lost what it learned since document 3. */
function restored(): TestSite
{
    $site = new TestSite();
    $site->call('apply', ['documents' => [$site->broker->lease('g1')]], ['mark' => 3]);
    $site->call('observe', [], ['mark' => 7]);
    (new StateTable($site->db))->put($site->markName(), 3);
    return $site;
}

return [
    'the mark is told as it was before the call, and only grows' => static function (): void {
        $site = new TestSite();
        $marks = array_map(static fn (int $mark): int => $site->call('observe', [], ['mark' => $mark])[1]['mark'], [5, 3, 9, 9]);
        same([0, 5, 5, 9], $marks);
        same(9, $site->shop->read($site->markName()));
    },
    'a refused call moves no mark' => static function (): void {
        $site = new TestSite();
        $site->post('observe', (new TestBroker())->call('observe', '{}', ['mark' => 99]), '{}');
        same([0, 0], [$site->wired->mark->known(), $site->shop->read($site->markName())]);
    },
    'restored: no lease holds, none is taken, everything else works' => static function (): void {
        $site = restored();
        same('', $site->live());
        same('refused restored', $site->apply($site->broker->lease('g2')));
        same('done', $site->revoke($site->broker->revocation('g3')));
        same('done', $site->contain($site->broker->order(8, ['freeze'], 'owner')));
        same(['restored'], $site->call('health')[1]['problems']);
        same([], $site->call('observe', [], ['mark' => 8])[1]['active']);
    },
    'restored: calls show the low mark and do not raise it' => static function (): void {
        $site = restored();
        $site->call('observe', [], ['mark' => 8]);
        same(3, $site->call('observe', [], ['mark' => 8])[1]['mark']);
        same(7, $site->shop->read($site->markName()));
    },
    'resumed: the mark is the call\'s, and each lease holds again from when it is applied again' => static function (): void {
        $site = restored();
        $lease = $site->broker->lease('g1');
        $site->db->write("UPDATE {$site->db->table('emergency_access_lease')} SET lease = ?", [$lease]);
        same(3, $site->call('resume', [], ['mark' => 8])[1]['mark']);
        same(['', []], [$site->live(), $site->call('health', [], ['mark' => 8])[1]['problems']]);
        same('done', $site->apply($lease));
        same('g1', $site->live());
        same([8, 8], [$site->wired->mark->known(), $site->shop->read($site->markName())]);
    },
    'what is not applied again still ends at its time' => static function (): void {
        $site = restored();
        $site->call('resume', [], ['mark' => 8]);
        $site->wired->end->sweep(2000);
        same('tokens cancelled:0 ended', $site->shop->told('clerk'));
        same('lease_applied clerk, lease_ended clerk', $site->events());
    },
    'another broker\'s mark begins at nothing' => static function (): void {
        $site = new TestSite();
        $site->call('observe', [], ['mark' => 7]);
        $site->pairAnew(new TestBroker([], 'another.example'));
        same(0, $site->call('observe', [], ['mark' => 2, 'jti' => 'another'])[1]['mark']);
        same(2, $site->wired->mark->known());
    },
    'resuming is not done by an old call' => static function (): void {
        $site = restored();
        same(401, $site->call('resume', [], ['mark' => 8], 1560)[0]);
        same('', $site->live());
    },
    'dying between the two writes is no restored database' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        (new StateTable($site->db))->raise($site->markName(), 9);
        same('g1', $site->live());
    },
    'where the folder is gone the site goes on and says so' => static function (): void {
        $site = new TestSite();
        rmdir($site->folder);
        $site->call('observe', [], ['mark' => 7]);
        same('done', $site->apply($site->broker->lease('g1')));
        same(['mark_not_kept'], $site->call('health')[1]['problems']);
    },
];
