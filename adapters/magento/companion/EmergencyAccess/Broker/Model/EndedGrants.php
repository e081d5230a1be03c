<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/**
 * Which grants were revoked or cut short, outside the database.
 *
 * Such a lease is still well signed: whoever put its row back as it was, by hand or
 * from a backup, would open it again.
 */
final class EndedGrants
{
    private const ID = '[A-Za-z0-9_.:-]{1,64}';

    public function __construct(private readonly EndedFile $file)
    {
    }

    /** @return array<string,int> Until when each is kept, by grant. */
    public function grants(int $now): array
    {
        return self::lines($this->file->text(), $now);
    }

    /** @param string[] $grants */
    public function add(array $grants, int $now): void
    {
        // No lease that was signed by now lives longer.
        $until = $now + Lease::LONGEST + Lease::NOT_BEFORE_LEEWAY;
        // An id may come from a row that somebody edited.
        $new = array_fill_keys((array) preg_grep('/\A' . self::ID . '\z/', $grants), $until);
        if ($new && array_diff_key($new, $this->grants($now))) {
            $this->file->change(static fn (string $text): string => self::written(self::lines($text, $now) + $new));
        }
    }

    /** @return array<string,int> */
    private static function lines(string $text, int $now): array
    {
        preg_match_all('/^(' . self::ID . ') ([0-9]{1,12})$/m', $text, $found);
        return array_filter(
            array_combine($found[1], array_map('intval', $found[2])),
            static fn (int $until): bool => $until > $now
        );
    }

    /** @param array<string,int> $grants */
    private static function written(array $grants): string
    {
        $text = '';
        foreach ($grants as $grant => $until) {
            $text .= "$grant $until\n";
        }
        return $text;
    }
}
