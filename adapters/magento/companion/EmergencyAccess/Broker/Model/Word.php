<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Model;

/** Text of the site's own on its way to the broker, which takes no line breaks, no invisible signs and nothing long. */
final class Word
{
    private const LONGEST = 200;
    private const ODD = '/[^ \P{C}]|[^ \P{Z}]/u';

    /** As it is, or with each sign that could not be carried replaced. */
    public static function carried(string $text): string
    {
        return mb_substr((string) preg_replace(self::ODD, '?', mb_scrub($text)), 0, self::LONGEST);
    }

    /** A login that cannot be carried is told as # and a number of its own. */
    public static function login(string $login): string
    {
        return $login !== '' && self::carried($login) === $login ? $login : '#' . substr(hash('sha256', $login), 0, 12);
    }
}
