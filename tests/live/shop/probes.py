"""What somebody with a lease for one patient's orders might try, by REST and by the site's pages.

Braces name what differs from test to test: {mine}, {second}, {other}, {guest} are
orders, {mine_note} and {other_note} notes of them, {mine_refund} and {other_refund}
refunds, {me}, {customer} and {stranger} accounts, {other_key} and {mine_key} keys of
orders, {word} a word of the other patient's order, {nonce} what goes with cookies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ORDERS = "/wc/v3/orders"


@dataclass(frozen=True)
class Probe:
    """``path`` is a REST route unless it begins with "page:". ``open`` with a lease to read that patient's orders."""

    path: str
    method: str = "GET"
    json: Any = None
    form: Any = None
    open: bool = False

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}" + (f" {self.json or self.form}" if self.json or self.form else "")


OPEN = [
    Probe(f"{ORDERS}?per_page=50", open=True),
    Probe(f"{ORDERS}?include={{mine}},{{other}},{{guest}}", open=True),
    Probe(f"{ORDERS}?include={{other}}", open=True),
    Probe(f"{ORDERS}?search={{word}}", open=True),
    Probe(f"{ORDERS}?customer={{stranger}}", open=True),
    Probe(f"{ORDERS}?customer=0", open=True),
    Probe(f"{ORDERS}?status=any&per_page=1&page=2", open=True),
    Probe(f"{ORDERS}?exclude={{mine}}&orderby=id&order=asc", open=True),
    Probe(f"{ORDERS}?_fields=total,number", open=True),
    Probe(f"{ORDERS}?parent={{other}}", open=True),
    Probe(f"{ORDERS}/", open=True),
    Probe(f"{ORDERS}?post__in={{other}}&customer_id={{stranger}}&meta_query[0][key]=x", open=True),
    Probe(f"{ORDERS}/{{mine}}", open=True),
    Probe(f"{ORDERS}/{{mine}}?context=edit", open=True),
    Probe(f"{ORDERS}/{{mine}}?_embed=1", open=True),
    Probe(f"{ORDERS}/{{mine}}/notes", open=True),
    Probe(f"{ORDERS}/{{mine}}/notes/{{mine_note}}", open=True),
    Probe(f"{ORDERS}/{{mine}}/notes/{{other_note}}", open=True),
    Probe(f"{ORDERS}/{{mine}}/refunds", open=True),
    Probe(f"{ORDERS}/{{mine}}/refunds?include={{other_refund}}", open=True),
    Probe(f"{ORDERS}/{{mine}}/refunds/{{mine_refund}}", open=True),
]
"""Answered under a lease, with that patient's orders or with nothing."""

OTHERS_ORDERS = [
    Probe(f"{ORDERS}/{{other}}"),
    Probe(f"{ORDERS}/{{guest}}"),
    Probe(f"{ORDERS}/999999"),
    Probe(f"{ORDERS}/{{mine}}?id={{other}}"),
    Probe(f"{ORDERS}/{{mine}}?id[]={{other}}"),
    Probe(f"{ORDERS}/{{other}}?id={{mine}}"),
    Probe(f"{ORDERS}/{{other}}/notes"),
    Probe(f"{ORDERS}/{{other}}/notes/{{other_note}}"),
    Probe(f"{ORDERS}/{{other}}/notes/{{mine_note}}"),
    Probe(f"{ORDERS}/{{mine}}/notes?order_id={{other}}"),
    Probe(f"{ORDERS}/{{mine}}/notes/{{other_note}}?order_id={{other}}"),
    Probe(f"{ORDERS}/{{other}}/refunds"),
    Probe(f"{ORDERS}/{{other}}/refunds/{{other_refund}}"),
    Probe(f"{ORDERS}/{{mine}}/refunds/{{other_refund}}"),
    Probe(f"{ORDERS}/{{mine}}/refunds?order_id={{other}}"),
    Probe(f"{ORDERS}/{{mine}}/refunds/{{other_refund}}?order_id={{other}}"),
    Probe(f"{ORDERS}/{{other_refund}}"),
    Probe("/WC/V3/orders"),
    Probe("/wc/v2/orders"),
    Probe("/wc/v1/orders"),
    Probe("/wc/v2/orders/{mine}/notes?order_id={other}"),
    Probe("/wc/v3/refunds"),
    Probe(f"{ORDERS}?_method=PUT"),
]

BEYOND_READING = [
    Probe(ORDERS, "POST", json={"status": "pending"}),
    Probe(f"{ORDERS}/{{mine}}", "PUT", json={"status": "completed"}),
    Probe(f"{ORDERS}/{{mine}}", "PUT", json={"customer_id": 0}),
    Probe(f"{ORDERS}/{{mine}}?_method=DELETE", "POST"),
    Probe(f"{ORDERS}/{{mine}}", "DELETE"),
    Probe(f"{ORDERS}/{{mine}}/notes", "POST", json={"note": "by a reader"}),
    Probe(f"{ORDERS}/{{mine}}/notes/{{mine_note}}?force=true", "DELETE"),
    Probe(f"{ORDERS}/{{mine}}/refunds", "POST", json={"amount": "1", "api_refund": False}),
    Probe(f"{ORDERS}/{{mine}}/refunds/{{mine_refund}}?force=true", "DELETE"),
    Probe(f"{ORDERS}/batch", "POST", json={"update": [{"id": 0, "status": "completed"}]}),
    Probe(f"{ORDERS}/{{mine}}/actions/send_order_details", "POST", json={}),
    Probe(f"{ORDERS}/{{mine}}/receipt", "POST", json={}),
]

ELSEWHERE = [
    Probe("/wc-analytics/orders"),
    Probe("/wc-analytics/orders?number={other}"),
    Probe("/wc-analytics/reports/orders"),
    Probe("/wc-analytics/reports/orders/export", "POST", json={"report_args": {}}),
    Probe("/wc-analytics/reports/customers"),
    Probe("/wc-analytics/customers"),
    Probe("/wc/v3/customers"),
    Probe("/wc/v3/customers/{stranger}"),
    Probe("/wc/v3/customers/{customer}"),
    Probe("/wc/v3/customers/{customer}/downloads"),
    Probe("/wc/v3/reports/orders/totals"),
    Probe("/wc/v3/reports/sales"),
    Probe("/wc/v3/coupons"),
    Probe("/wc/v3/system_status"),
    Probe("/wc/v3/webhooks", "POST", json={"topic": "order.created", "delivery_url": "http://127.0.0.1:9/"}),
    Probe("/wc/v3/data"),
    Probe("/wc/store/v1/order/{other}"),
    Probe("/wc/store/v1/order/{mine}"),
    Probe("/wp/v2/comments?type=order_note&post={other}&context=edit"),
    Probe("/wp/v2/comments/{other_note}"),
    Probe("/wp/v2/users/{stranger}?context=edit"),
    Probe("/wp/v2/users?context=edit"),
    Probe("/batch/v1", "POST", json={"requests": [{"path": "/wc/v3/orders/0", "method": "PUT", "body": {}}]}),
]
"""Other doors of the shop and the site, as closed as without a lease."""

PAGES = [
    Probe("page:/my-account/view-order/{other}/"),
    Probe("page:/my-account/view-order/{guest}/"),
    Probe("page:/my-account/orders/"),
    Probe("page:/my-account/view-order/{other}/?view-order={mine}"),
    Probe("page:/my-account/?view-order={other}"),
    Probe("page:/checkout/order-received/{other}/?key={mine_key}"),
    Probe("page:/checkout/order-pay/{mine}/?pay_for_order=true&key="),
    Probe("page:/?order_again={mine}&_wpnonce={nonce}"),
    Probe("page:/wp-admin/admin.php?page=wc-orders"),
    Probe("page:/wp-admin/admin.php?page=wc-orders&action=edit&id={other}"),
    Probe("page:/wp-admin/admin.php?page=wc-orders&action=edit&id={mine}"),
    Probe("page:/wp-admin/edit.php?post_type=shop_order"),
    Probe("page:/wp-admin/post.php?post={other}&action=edit"),
    Probe("page:/wp-admin/admin.php?page=wc-admin&path=/analytics/orders"),
    Probe("page:/wp-admin/admin.php?page=wc-reports"),
    Probe("page:/wp-admin/edit-comments.php?comment_type=order_note"),
    Probe("page:/wp-admin/export.php?download=1&content=all"),
    Probe("page:/wp-admin/users.php"),
    Probe("page:/wp-admin/admin.php?page=emergency-access-orders&order={other}"),
    Probe("page:/wp-admin/admin.php?page=emergency-access-orders&order={guest}"),
    Probe(
        "page:/wp-admin/admin-ajax.php?action=woocommerce_get_order_details&order_id={other}&security={nonce}"
    ),
    Probe(
        "page:/wp-admin/admin-ajax.php",
        "POST",
        form={
            "action": "woocommerce_add_order_note",
            "post_id": "{other}",
            "note": "x",
            "security": "{nonce}",
        },
    ),
    Probe(
        "page:/wp-admin/admin-ajax.php?action=woocommerce_json_search_customers&term={word}&security={nonce}"
    ),
    Probe(
        "page:/wp-admin/admin-ajax.php?action=woocommerce_mark_order_status&order_id={mine}&status=completed"
    ),
]

CLOSED = OTHERS_ORDERS + BEYOND_READING + ELSEWHERE
EVERY = OPEN + CLOSED + PAGES
