"""Writes what Python and the Magento module both check: python -m tests.vectors.make_magento_vectors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.vectors.make_lease_vectors import NOW, lease, raw_lease

FILE = Path(__file__).with_name("magento.json")
ORDERS = {"resources": ["Magento_Sales::actions_view"]}

FORBIDDEN = [
    "Magento_Backend::all", "Magento_Backend::stores_settings", "Magento_Backend::store",
    "Magento_Backend::setup_wizard", "Magento_Backend::extensions", "Magento_Backend::local",
    "Magento_Backend::custom", "Magento_Backend::convert", "Magento_User::acl", "Magento_User::acl_users",
    "Magento_User::acl_roles", "Magento_User::locks", "Magento_Integration::extensions",
    "Magento_Integration::integrations", "Magento_Integration::config_oauth", "Magento_Config::config",
    "Magento_Config::config_admin", "Magento_Config::dev", "Magento_Config::web", "Magento_Webapi::config_webapi",
    "Magento_Backup::backup", "Magento_Backup::rollback", "Magento_ImportExport::import",
    "Magento_ImportExport::export", "Magento_ImportExport::history", "Magento_TaxImportExport::import_export",
    "Magento_ScheduledImportExport::magento_scheduled_operation", "Magento_LoginAsCustomer::login",
    "Magento_LoginAsCustomer::allow_shopping_assistance", "Magento_LoginAsCustomerLog::login_log",
    "Magento_EncryptionKey::crypt_key", "Magento_TwoFactorAuth::tfa", "Magento_TwoFactorAuth::config",
    "Magento_Customer::config_customer", "Magento_Sales::config_sales", "Magento_Csp::config",
    "Magento_Email::template", "Magento_Newsletter::template", "Magento_Theme::theme", "Magento_Widget::widget_instance",
    "Magento_Variable::variable", "Magento_Backend::design", "Magento_Backend::schedule", "Magento_Cms::save_design",
    "Magento_Catalog::edit_product_design", "Magento_AdobeIms::login", "Magento_GraphQlServer::admin_graphql",
    "Magento_ServicesId::configuration", "EmergencyAccess_Broker::broker", "emergencyaccess_broker::broker",
]  # fmt: skip
ALLOWED = [
    "Magento_Backend::admin", "Magento_Backend::dashboard", "Magento_Sales::sales", "Magento_Sales::actions_view",
    "Magento_Sales::actions", "Magento_Sales::comment", "Magento_Customer::customer", "Magento_Customer::manage",
    "Magento_Review::reviews_all", "Magento_Review::pending", "Magento_Catalog::products", "Magento_Cms::page",
    "Magento_Cart::manage", "Magento_Reports::report", "Magento_Backend::system", "Magento_Backend::stores",
    "Magento_ConfigurableProduct::configurable", "Magento_UserStory::acl", "Vendor_Shop::configured_bundles",
]  # fmt: skip


def _leases() -> Iterator[tuple[str, str, str]]:
    yield "valid", lease(scope=ORDERS), "ok"
    two = {"resources": ["Magento_Sales::actions_view", "Magento_Review::reviews_all"]}
    yield "valid, two resources", lease(scope=two), "ok"
    ended = NOW - timedelta(seconds=1)
    yield "expired", lease(scope=ORDERS, not_before=NOW - timedelta(minutes=9), expires_at=ended), "expired"
    yield "not yet", lease(scope=ORDERS, not_before=NOW + timedelta(seconds=61)), "not_yet"
    yield "another kind of site's scope", lease(scope={"primitives": ["edit_pages"]}), "bad_scope"
    yield "a role", raw_lease(scope={"resources": ["Magento_User::acl_roles"]}), "forbidden_capability"


def _scopes() -> Iterator[tuple[str, Any, str]]:
    yield "one resource", ORDERS, "ok"
    yield "as many as there may be", {"resources": [f"Magento_Sales::r{n}" for n in range(50)]}, "ok"
    yield "one too many", {"resources": [f"Magento_Sales::r{n}" for n in range(51)]}, "bad_scope"
    yield "nothing", {}, "bad_scope"
    yield "a list", ["Magento_Sales::actions_view"], "bad_scope"
    yield "no resources", {"resources": []}, "bad_scope"
    yield "a patient beside", {**ORDERS, "patient": "P-1"}, "bad_scope"
    yield "a text", {"resources": "Magento_Sales::actions_view"}, "bad_scope"
    yield "a map", {"resources": {"Magento_Sales::actions_view": True}}, "bad_scope"
    yield "a number", {"resources": [1]}, "bad_scope"
    yield "no module", {"resources": ["actions_view"]}, "bad_scope"
    yield "anonymous", {"resources": ["anonymous"]}, "bad_scope"
    yield "self", {"resources": ["self"]}, "bad_scope"
    yield "a line break", {"resources": ["Magento_Sales::actions_view\n"]}, "bad_scope"
    yield "a joker", {"resources": ["Magento_Sales::*"]}, "bad_scope"
    yield "a module in small letters", {"resources": ["magento_user::acl"]}, "bad_scope"
    yield (
        "one forbidden among others",
        {"resources": ["Magento_Sales::sales", "Magento_Backend::all"]},
        ("forbidden_capability"),
    )


def text() -> str:
    leases = [{"name": name, "jws": jws, "expect": expect} for name, jws, expect in _leases()]
    scopes = [{"name": name, "scope": scope, "expect": expect} for name, scope, expect in _scopes()]
    never = {"forbidden": FORBIDDEN, "allowed": ALLOWED}
    return json.dumps({"leases": leases, "scopes": scopes, "never_grant": never}, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
