<?php
declare(strict_types=1);

/** One paired shop with empty tables, two admins and a folder outside the database. */
final class TestSite
{
    public TestBroker $broker;
    public PdoDb $db;
    public Shop $shop;
    public Wired $wired;
    public string $folder;

    public function __construct()
    {
        $this->broker = new TestBroker();
        $this->db = new PdoDb(dsn());
        $this->db->clear(SCHEMA);
        $this->folder = sys_get_temp_dir() . '/emergency-access-' . bin2hex(random_bytes(6));
        mkdir($this->folder);
        $this->shop = new Shop($this->db, $this->folder, MODULE);
        $this->shop->build();
        $this->shop->hire('clerk');
        $this->shop->hire('owner');
        $this->wired = new Wired($this->db, $this->shop, $this->broker->pairing);
    }

    public function __destruct()
    {
        array_map('unlink', glob($this->folder . '/*'));
        is_dir($this->folder) && rmdir($this->folder);
    }

    /** What the mark is called for this pairing. */
    public function markName(): string
    {
        return 'mark-' . substr(hash('sha256', "broker.example\nshop"), 0, 32);
    }

    public function pairAnew(TestBroker $broker): void
    {
        $this->broker = $broker;
        $this->wired->paired = $broker->pairing;
    }

    public function apply(string $jws, int $now = 1500): string
    {
        return self::said($this->wired->register->apply([$jws], $now));
    }

    public function revoke(string $jws, int $now = 1500): string
    {
        return self::said($this->wired->register->revoke([$jws], $now));
    }

    public function contain(string $jws, int $now = 1500): string
    {
        return self::said($this->wired->containment->contain([$jws], $now));
    }

    /** The grants that hold for an account. */
    public function live(int $now = 1500, string $account = 'clerk'): string
    {
        $grants = array_map(static fn ($lease): string => $lease->grant, $this->wired->live->of($account, $now));
        sort($grants);
        return implode(' ', $grants);
    }

    /** Kind and account of every event so far. */
    public function events(): string
    {
        $said = array_map(static function (array $event): string {
            $body = json_decode($event['body'], true);
            return "{$body['kind']} {$body['account']}";
        }, $this->wired->events->page(0));
        return implode(', ', $said);
    }

    public function edit(string $sql): int
    {
        return $this->db->write(str_replace('LEASES', $this->db->table('emergency_access_lease'), $sql));
    }

    /**
     * @param array<string,mixed> $said
     * @param array<string,mixed> $changed
     * @return array{int,array<string,mixed>}
     */
    public function call(string $verb, array $said = [], array $changed = [], int $now = 1500): array
    {
        $body = json_encode($said + ['documents' => []]);
        return $this->post($verb, $this->broker->call($verb, $body, $changed), $body, $now);
    }

    /** @return array{int,array<string,mixed>} */
    public function post(string $verb, string $envelope, string $body, int $now = 1500): array
    {
        $reply = $this->wired->front->answer('/V1/emergency-access/' . $verb, $envelope, $body, $now);
        return [$reply->status, json_decode($reply->json(), true)];
    }

    /** @param array<int,array<string,string|null>> $answers */
    private static function said(array $answers): string
    {
        return trim($answers[0]['answer'] . ' ' . $answers[0]['reason']);
    }
}
