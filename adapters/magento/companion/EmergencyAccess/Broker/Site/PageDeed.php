<?php
declare(strict_types=1);

namespace EmergencyAccess\Broker\Site;

use Magento\Framework\App\Request\Http;

/** What an admin page does, read off its route and the number it is asked for. */
final class PageDeed
{
    /** Posted, although they only show something. */
    private const SHOWING = '/(index|view|edit|grid|tab|history|render|load.*|suggest.*|gridto(csv|xml))\z/i';

    private const NUMBERS = ['order_id', 'customer_id', 'review_id', 'invoice_id', 'shipment_id', 'creditmemo_id', 'id', 'entity_id'];

    public static function of(Http $request): Deed
    {
        $route = implode('/', [$request->getRouteName(), $request->getControllerName(), $request->getActionName()]);
        if ('mui' === $request->getRouteName()) {
            $prefix = 'export' === $request->getControllerName() ? 'export ' : '';
            return new Deed(Deed::LISTED, $prefix . self::word($request->getParam('namespace')), $route);
        }
        $number = self::number($request);
        $object = trim($request->getRouteName() . '_' . $request->getControllerName() . ' ' . $number);
        return new Deed(self::kind($request, $number), $object, $route);
    }

    private static function kind(Http $request, string $number): string
    {
        $action = (string) $request->getActionName();
        if ($request->isPost() && !preg_match(self::SHOWING, $action)) {
            return 'addComment' === $action ? Deed::NOTED : Deed::CHANGED;
        }
        return '' === $number ? Deed::LISTED : Deed::OPENED;
    }

    private static function number(Http $request): string
    {
        foreach (self::NUMBERS as $name) {
            $value = $request->getParam($name);
            if (is_string($value) && ctype_digit($value)) {
                return $value;
            }
        }
        return '';
    }

    private static function word(mixed $name): string
    {
        return is_string($name) && preg_match('/\A[A-Za-z0-9_]{1,80}\z/', $name) ? $name : 'unknown';
    }
}
