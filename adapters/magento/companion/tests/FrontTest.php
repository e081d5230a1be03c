<?php
/** The door: who is answered, and what. */
declare(strict_types=1);

return [
    'each answer names its call, the site\'s time and the mark' => static function (): void {
        $site = new TestSite();
        [$status, $answer] = $site->call('observe', [], ['jti' => 'call_x']);
        same([200, 'call_x', 1500, 0], [$status, $answer['call'], $answer['site_time'], $answer['mark']]);
    },
    'a call counts once' => static function (): void {
        $site = new TestSite();
        $envelope = $site->broker->call('observe', '{"documents":[]}');
        same(200, $site->post('observe', $envelope, '{"documents":[]}')[0]);
        [$status, $answer] = $site->post('observe', $envelope, '{"documents":[]}');
        same([409, 'replayed', 409, 1500], [$status, $answer['code'], $answer['data']['status'], $answer['data']['site_time']]);
    },
    'without a pairing nobody is answered' => static function (): void {
        $site = new TestSite();
        $site->wired->paired = null;
        same(503, $site->call('observe')[0]);
        same('not_paired', $site->call('observe')[1]['code']);
    },
    'a changed body, another route and a stranger are refused' => static function (): void {
        $site = new TestSite();
        $call = $site->broker->call('observe', '{}');
        same([401, 'wrong_body'], [$site->post('observe', $call, '{ }')[0], $site->post('observe', $call, '{ }')[1]['code']]);
        same('wrong_route', $site->post('apply', $call, '{}')[1]['code']);
        same('unknown_key', $site->post('observe', (new TestBroker())->call('observe', '{}'), '{}')[1]['code']);
        same('malformed', $site->post('observe', '', '{}')[1]['code']);
    },
    'clocks may differ by a minute where access is given, by a day where it is taken' => static function (): void {
        $site = new TestSite();
        same([401, 200], [$site->call('apply', [], [], 1560)[0], $site->call('apply', [], [], 1559)[0]]);
        same([200, 401], [$site->call('revoke', [], [], 1559 + 86400)[0], $site->call('revoke', [], [], 1560 + 86400)[0]]);
    },
    'a body that is none is refused' => static function (): void {
        $site = new TestSite();
        foreach (['', '[', '"x"', '{"documents":"x"}', '{"documents":[1]}', '{"documents":{"a":"b"}}', '{"documents":[' . str_repeat('"a",', 500) . '"a"]}'] as $body) {
            [$status, $answer] = $site->post('apply', $site->broker->call('apply', $body), $body);
            same([400, 'bad_body'], [$status, $answer['code']]);
        }
        same([413, 'too_large'], [$site->post('apply', 'x', str_repeat('x', 4194305))[0], $site->post('apply', 'x', str_repeat('x', 4194305))[1]['code']]);
        same('bad_body', $site->call('events')[1]['code']);
        same('bad_body', $site->call('events', ['after' => -1])[1]['code']);
    },
    'a batch is answered in its order' => static function (): void {
        $site = new TestSite();
        $documents = [$site->broker->lease('g1'), 'nonsense', $site->broker->lease('g2', ['sub' => 'nobody'])];
        same(
            [['grant' => 'g1', 'answer' => 'done', 'reason' => ''],
                ['grant' => null, 'answer' => 'refused', 'reason' => 'malformed'],
                ['grant' => 'g2', 'answer' => 'refused', 'reason' => 'unknown_account']],
            $site->call('apply', ['documents' => $documents])[1]['answers']
        );
    },
    'observe tells leases and accounts' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->contain($site->broker->order(5, ['freeze'], 'owner'));
        $answer = $site->call('observe')[1];
        same([['grant' => 'g1', 'account' => 'clerk', 'version' => 1, 'expires_at' => 2000]], $answer['active']);
        same([['clerk', false], ['owner', true]], array_map(static fn (array $each): array => [$each['account'], $each['frozen']], $answer['accounts']));
        same([0, false], [$answer['accounts_left_off'], $answer['frozen']]);
    },
    'whom somebody switched on again by hand is told once, and is frozen all the same' => static function (): void {
        $site = new TestSite();
        $site->contain($site->broker->order(5, ['freeze']));
        $site->shop->switchOn('clerk');
        $accounts = $site->call('observe')[1]['accounts'];
        same([['clerk', true], ['owner', false]], array_map(static fn (array $each): array => [$each['account'], $each['frozen']], $accounts));
    },
    'health names the keys and what is wrong' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->edit("UPDATE LEASES SET lease = 'x'");
        $answer = $site->call('health')[1];
        same([array_keys($site->broker->pairing->keys), ['rows_unproven']], [$answer['keys'], $answer['problems']]);
    },
    'readiness is told for each account asked about' => static function (): void {
        $site = new TestSite();
        $site->contain($site->broker->order(5, ['freeze']));
        $said = $site->call('readiness', ['accounts' => ['clerk', 'owner', 'nobody']])[1]['accounts'];
        same([['inactive', 'frozen'], [], ['unknown_account']], array_column($said, 'problems'));
    },
    'what a scope opens is told, a forbidden one refused' => static function (): void {
        $site = new TestSite();
        $scope = ['resources' => ['Magento_Sales::actions_view']];
        same(['Magento_Sales::actions_view', 'GET /V1/orders'], $site->call('effective', ['scope' => $scope])[1]['permissions']);
        same([400, 'forbidden_capability'], (static function () use ($site): array {
            [$status, $answer] = $site->call('effective', ['scope' => ['resources' => ['Magento_Backend::all']]]);
            return [$status, $answer['code']];
        })());
    },
    'network administrators, whom Magento has not, are free and cannot be stopped' => static function (): void {
        $site = new TestSite();
        $said = static fn (string $rule): array => $site->call('protect', ['documents' => [$rule]])[1]['answers'][0];
        same(['grant' => 'shop', 'answer' => 'done', 'reason' => ''], $said($site->broker->rule('free')));
        same(['grant' => 'shop', 'answer' => 'refused', 'reason' => 'not_offered'], $said($site->broker->rule('stopped')));
        same('bad_claims', $said($site->broker->rule('perhaps'))['reason']);
        same('unknown_key', $said((new TestBroker())->rule('free'))['reason']);
        same(400, $site->call('protect')[0]);
    },
    'a login or a title that could blind the broker is told in another way' => static function (): void {
        $site = new TestSite();
        foreach (["evil\n", "nb\u{a0}sp", "soft\u{ad}", 'ünal zwei'] as $login) {
            $site->shop->hire($login);
        }
        $accounts = array_column($site->call('observe')[1]['accounts'], 'account');
        same(['clerk', 'owner', 'ünal zwei'], array_values(array_filter($accounts, static fn (string $one): bool => $one[0] !== '#')));
        same(6, count(array_unique($accounts)));
    },
    'whatever is due ends with any call' => static function (): void {
        $site = new TestSite();
        $site->apply($site->broker->lease('g1'));
        $site->call('health', [], [], 2000);
        same('tokens cancelled:940 ended', $site->shop->told('clerk'));
    },
    'a table that is gone is an error, never an answer' => static function (): void {
        $site = new TestSite();
        $site->edit('RENAME TABLE LEASES TO shop_away');
        try {
            same([500, 'storage_failed'], (static function () use ($site): array {
                [$status, $answer] = $site->call('observe');
                return [$status, $answer['code']];
            })());
        } finally {
            $site->edit('RENAME TABLE shop_away TO LEASES');
        }
    },
];
