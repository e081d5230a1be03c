<?php
/** What is written down of a request, and when. */
declare(strict_types=1);

use EmergencyAccess\Broker\Model\StorageFailed;
use EmergencyAccess\Broker\Site\Deed;
use EmergencyAccess\Broker\Site\PageDeed;
use EmergencyAccess\Broker\Site\RestDeed;
use Magento\Framework\App\Request\Http;

$orders = 'Magento_Sales::actions_view';
$view = new Deed(Deed::OPENED, 'sales_order 12', 'sales/order/view');

$lent = static function (): TestSite {
    $site = new TestSite();
    Asking::hire($site);
    $site->apply($site->broker->lease('g1', ['nbf' => time() - 5, 'exp' => time() + 60]), time());
    return $site;
};
$said = static fn (Deed $deed): string => "$deed->kind $deed->object, $deed->route";

return [
    'a page is written down under the lease that opened it, before it is made' => static function () use ($orders, $view, $lent): void {
        $site = $lent();
        $clerk = new Asking($site, 'clerk');
        $clerk->may($orders);
        same('lease_applied clerk', $site->events());
        $clerk->uses->settle($view, false, time());
        same('lease_applied clerk, opened clerk', $site->events());
    },
    'what the role opened is not written down, and neither is what is only drawn' => static function () use ($orders, $view, $lent): void {
        $site = $lent();
        $clerk = new Asking($site, 'clerk');
        $clerk->may('Magento_Catalog::products', true);
        same(true, $clerk->uses->aside(static fn (): bool => $clerk->may($orders)));
        $clerk->uses->settle($view, false, time());
        $clerk->may($orders);
        same('lease_applied clerk', $site->events());
    },
    'a grid that asks while it is being made is written down then, once' => static function () use ($orders, $lent): void {
        $site = $lent();
        $clerk = new Asking($site, 'clerk');
        $clerk->uses->settle(new Deed(Deed::LISTED, 'sales_order_grid', 'mui/index/render'), true, time());
        same([true, true], [$clerk->may($orders), $clerk->may($orders)]);
        same('lease_applied clerk, listed clerk', $site->events());
    },
    'what cannot be written down is not opened' => static function () use ($orders, $view, $lent): void {
        $site = $lent();
        $chain = $site->db->table('emergency_access_event');
        $page = new Asking($site, 'clerk');
        $page->may($orders);
        $grid = new Asking($site, 'clerk');
        $grid->uses->settle($view, true, time());
        $site->db->write("RENAME TABLE $chain TO {$chain}_away");
        try {
            same([false, false], [$grid->may($orders), $grid->may($orders)]);
            $page->uses->settle($view, false, time());
            throw new RuntimeException('the page was made');
        } catch (StorageFailed) {
            return;
        } finally {
            $site->db->write("RENAME TABLE {$chain}_away TO $chain");
        }
    },
    'a call of the web API is told by its template and number' => static function () use ($said): void {
        same('opened orders 12, GET /V1/orders/:id', $said(RestDeed::of('GET', 'V1/orders/:id', '/V1/orders/12')));
        same('listed orders, GET /V1/orders', $said(RestDeed::of('GET', 'V1/orders', '/V1/orders')));
        same('noted orders 12, POST /V1/orders/:id/comments', $said(RestDeed::of('POST', 'V1/orders/:id/comments', '/V1/orders/12/comments')));
        same('changed orders 12, POST /V1/orders/:id/cancel', $said(RestDeed::of('POST', 'V1/orders/:id/cancel', '/V1/orders/12/cancel')));
    },
    'no name that stands in an address is told' => static function () use ($said): void {
        same('listed products, GET /V1/products/:sku', $said(RestDeed::of('GET', 'V1/products/:sku', '/V1/products/Ada-Lovelace')));
        $named = new Http('mui/index/render', ['namespace' => 'Ada Lovelace']);
        same('listed unknown, mui/index/render', $said(PageDeed::of($named)));
        $searched = new Http('sales/order/view', ['order_id' => 'Ada', 'search' => 'Ada']);
        same('listed sales_order, sales/order/view', $said(PageDeed::of($searched)));
    },
    'an admin page is told by its route and number' => static function () use ($said): void {
        same('opened sales_order 12, sales/order/view', $said(PageDeed::of(new Http('sales/order/view', ['order_id' => '12']))));
        same('listed sales_order, sales/order/index', $said(PageDeed::of(new Http('sales/order/index'))));
        same('changed sales_order 12, sales/order/cancel', $said(PageDeed::of(new Http('sales/order/cancel', ['order_id' => '12'], true))));
        same('noted sales_order 12, sales/order/addComment', $said(PageDeed::of(new Http('sales/order/addComment', ['order_id' => '12'], true))));
        same('opened customer_index 3, customer/index/edit', $said(PageDeed::of(new Http('customer/index/edit', ['id' => '3'], true))));
        $export = new Http('mui/export/gridToCsv', ['namespace' => 'sales_order_grid']);
        same('listed export sales_order_grid, mui/export/gridToCsv', $said(PageDeed::of($export)));
    },
];
