<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

/** What a call of the web API does, read off its method and the route's template. */
final class RestDeed
{
    /**
     * @param string $template Such as "/V1/orders/:id/comments".
     * @param string $path Such as "/V1/orders/12/comments".
     */
    public static function of(string $method, string $template, string $path): Deed
    {
        $asked = explode('/', trim($template, '/'));
        $given = explode('/', trim($path, '/'));
        $number = '';
        foreach ($asked as $place => $part) {
            if (str_starts_with($part, ':') && ctype_digit($given[$place] ?? '')) {
                $number = $given[$place];
                break;
            }
        }
        $object = trim(($asked[1] ?? '') . ' ' . $number);
        return new Deed(self::kind($method, $template, $number), $object, "$method /" . ltrim($template, '/'));
    }

    private static function kind(string $method, string $template, string $number): string
    {
        if ('GET' !== $method) {
            return str_ends_with($template, '/comments') ? Deed::NOTED : Deed::CHANGED;
        }
        return '' === $number ? Deed::LISTED : Deed::OPENED;
    }
}
