<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/**
 * What happened on the site, each event chained to the one before it: nothing can be
 * taken out or changed later without the broker noticing.
 *
 * An event's text is JSON with sorted keys, no blanks, nothing but ASCII; its hash is
 * SHA-256 over the previous hash, a line feed and that text, in hexadecimal. Neither
 * holds patient data: numbers of objects, types, routes and logins only.
 */
final class EventChain
{
    public const PAGE = 500;

    private const NAME = 'emergency_access_event';
    private const NOTHING = '0000000000000000000000000000000000000000000000000000000000000000';
    /** The same thing seen again within so many seconds is not told twice. */
    private const FOLD = 60;
    private const TRIES = 500;
    private const LONGEST_FACT = 200;
    private const MOST_FACTS = 12;

    public function __construct(private readonly Db $db)
    {
    }

    /**
     * @param string $grant '' for what happened outside every grant.
     * @param array<string,string|int> $facts `object` is what it happened to, such as "order 12".
     * @throws StorageFailed When it cannot be written; whoever gives access must then refuse it.
     */
    public function record(string $kind, string $grant, string $account, array $facts, int $now): void
    {
        $facts = self::plain($facts);
        $same = self::sameness($kind, $grant, $account, $facts);
        $head = $this->head();
        for ($try = 0; $try < self::TRIES; $try++) {
            if ($this->isTold($same, $now) || $this->append($head, compact('kind', 'grant', 'account', 'facts'), $now, $same)) {
                return;
            }
            $head = $this->after($head);
        }
        throw new StorageFailed('the chain of events cannot be written');
    }

    /** @return array<int,array{seq:int,body:string,hash:string}> At most PAGE events that follow event $after. */
    public function page(int $after): array
    {
        return array_map(
            static fn (array $row): array => ['seq' => (int) $row['seq'], 'body' => $row['body'], 'hash' => $row['hash']],
            $this->db->rows(
                "SELECT seq, body, hash FROM {$this->table()} WHERE seq > ? ORDER BY seq LIMIT " . self::PAGE,
                [$after]
            )
        );
    }

    /** @return array{seq:int,hash:string} */
    public function head(): array
    {
        $rows = $this->db->rows("SELECT seq, hash FROM {$this->table()} ORDER BY seq DESC LIMIT 1");
        return ['seq' => (int) ($rows[0]['seq'] ?? 0), 'hash' => $rows[0]['hash'] ?? self::NOTHING];
    }

    /**
     * What somebody else wrote meanwhile, also past the snapshot of a transaction. Of the one row alone, so that
     * two writers never wait for each other.
     *
     * @param array{seq:int,hash:string} $head
     * @return array{seq:int,hash:string}
     */
    private function after(array $head): array
    {
        $rows = $this->db->rows("SELECT hash FROM {$this->table()} WHERE seq = ? LOCK IN SHARE MODE", [$head['seq'] + 1]);
        return $rows ? ['seq' => $head['seq'] + 1, 'hash' => $rows[0]['hash']] : $head;
    }

    /**
     * The number is the primary key, so of two writers at once one finds it taken and tries again.
     *
     * @param array{seq:int,hash:string} $head
     * @param array<string,mixed> $event
     */
    private function append(array $head, array $event, int $now, string $same): bool
    {
        $seq = $head['seq'] + 1;
        $body = self::body($event + ['at' => $now, 'seq' => $seq]);
        return $this->db->add(self::NAME, [
            'seq' => $seq,
            'body' => $body,
            'hash' => hash('sha256', $head['hash'] . "\n" . $body),
            'sameness' => $same,
            'at' => $now,
        ]);
    }

    private function isTold(string $same, int $now): bool
    {
        return (bool) $this->db->rows(
            "SELECT seq FROM {$this->table()} WHERE sameness = ? AND at > ? AND at <= ? LIMIT 1",
            [$same, $now - self::FOLD, $now]
        );
    }

    /** @param array<string,mixed> $event */
    private static function body(array $event): string
    {
        ksort($event, SORT_STRING);
        $event['facts'] = (object) $event['facts'];
        $text = json_encode($event, JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR);
        // The one control character that PHP leaves as it is.
        return str_replace("\x7f", '\u007f', $text);
    }

    /**
     * @param array<string,string|int> $facts
     * @return array<string,string|int> Few, short and in order.
     */
    private static function plain(array $facts): array
    {
        ksort($facts, SORT_STRING);
        return array_map(
            static fn (string|int $fact): string|int => is_int($fact) ? $fact : substr($fact, 0, self::LONGEST_FACT),
            array_slice($facts, 0, self::MOST_FACTS, true)
        );
    }

    /** @param array<string,string|int> $facts */
    private static function sameness(string $kind, string $grant, string $account, array $facts): string
    {
        $about = isset($facts['object']) ? ['object' => $facts['object']] : $facts;
        return hash('sha256', serialize([$kind, $grant, $account, $about]));
    }

    private function table(): string
    {
        return $this->db->table(self::NAME);
    }
}
