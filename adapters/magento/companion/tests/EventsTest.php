<?php
/** The chain of events, as Python reads it. */
declare(strict_types=1);

return [
    'what the shared vectors name is written byte for byte' => static function (): void {
        $site = new TestSite();
        $written = vectors('events')['events'];
        foreach ($written as $event) {
            $site->wired->events->record($event['kind'], $event['grant'], $event['account'], $event['facts'], $event['at']);
        }
        $bare = static fn (array $event): array => ['seq' => $event['seq'], 'body' => $event['body'], 'hash' => $event['hash']];
        same(array_map($bare, $written), $site->wired->events->page(0));
        same(['seq' => 4, 'hash' => $written[3]['hash']], $site->wired->events->head());
    },
    'an empty chain ends before its first event' => static function (): void {
        $site = new TestSite();
        same(['seq' => 0, 'hash' => str_repeat('0', 64)], $site->wired->events->head());
        same([], $site->wired->events->page(0));
    },
    'the same thing is told once a minute' => static function (): void {
        $site = new TestSite();
        foreach ([[1000, '/V1/orders/:id'], [1030, '/V1/orders'], [1060, 'x'], [1061, 'x'], [1119, 'x']] as [$at, $route]) {
            $site->wired->events->record('opened', 'g1', 'clerk', ['object' => 'order 12', 'route' => $route], $at);
        }
        $site->wired->events->record('opened', 'g1', 'clerk', ['object' => 'order 13'], 1061);
        $site->wired->events->record('opened', 'g2', 'clerk', ['object' => 'order 12'], 1061);
        $times = array_map(static fn (array $event): int => json_decode($event['body'], true)['at'], $site->wired->events->page(0));
        same([1000, 1060, 1061, 1061], $times);
    },
    'facts are kept few, short and whole' => static function (): void {
        $site = new TestSite();
        $facts = array_combine(array_map(static fn (int $n): string => 'f' . chr(97 + $n), range(0, 19)), array_fill(0, 20, str_repeat('é', 300)));
        $site->wired->events->record('opened', 'g1', 'clerk', $facts + ['broken' => "\xff"], 1000);
        same(true, strlen($site->wired->events->page(0)[0]['body']) < 16000);
    },
    'a page holds five hundred, the rest follows' => static function (): void {
        $site = new TestSite();
        for ($n = 1; $n <= 501; $n++) {
            $site->wired->events->record('opened', 'g1', 'clerk', ['object' => "order $n"], 1000);
        }
        same([500, 1], [count($site->wired->events->page(0)), count($site->wired->events->page(500))]);
    },
    'an event written inside a transaction follows what others wrote in the meantime' => static function (): void {
        $site = new TestSite();
        $other = new EmergencyAccess\Broker\Model\EventChain(new PdoDb(dsn()));
        $site->wired->events->record('opened', 'g1', 'clerk', ['object' => 'order 1'], 1000);
        $site->db->atomically(static function () use ($site, $other): void {
            $site->wired->leases->allOpen();
            $other->record('opened', 'g1', 'clerk', ['object' => 'order 2'], 1000);
            $site->wired->events->record('opened', 'g1', 'clerk', ['object' => 'order 3'], 1000);
        });
        same(3, $site->wired->events->head()['seq']);
    },
];
