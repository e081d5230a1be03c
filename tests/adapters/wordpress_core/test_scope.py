from typing import Any

import pytest

from broker.adapters.jws import DocumentRefused
from broker.adapters.kind import kind_names, kind_of, limits_of
from broker.adapters.wordpress_core.scope import roles_of, ruling


@pytest.mark.parametrize(
    ("scope", "reason"),
    [
        ({}, "bad_scope"),
        ({"roles": []}, "bad_scope"),
        ({"roles": "editor"}, "bad_scope"),
        ({"roles": ["Editor"]}, "bad_scope"),
        ({"roles": [7]}, "bad_scope"),
        ({"roles": ["editor\n"]}, "bad_scope"),
        ({"roles": [f"r{number}" for number in range(11)]}, "bad_scope"),
        ({"roles": ["editor"], "patient": "P-1"}, "bad_scope"),
        ({"primitives": ["edit_pages"]}, "bad_scope"),
        ({"roles": ["editor", "administrator"]}, "forbidden_role"),
        ({"roles": ["super_admin"]}, "forbidden_role"),
    ],
)
def test_only_roles_can_be_lent_and_never_the_ones_that_rule(scope: dict[str, Any], reason: str) -> None:
    """A patient is no limit here, so none is named; the reason is the word a companion would answer."""
    with pytest.raises(DocumentRefused) as refused:
        kind_of("wordpress-core").check_scope(scope)
    assert refused.value.reason == reason


def test_roles_keep_their_order() -> None:
    """Each once."""
    assert roles_of({"roles": ["editor", "shop_manager", "editor"]}) == ("editor", "shop_manager")


@pytest.mark.parametrize(
    "capability",
    ["manage_options", "promote_users", "install_plugins", "edit_themes", "update_core", "manage_network_users",
     "delete_sites", "edit_files", "unfiltered_upload"],
)  # fmt: skip
def test_what_rules_a_site_is_known_by_its_capability(capability: str) -> None:
    """Whatever the role is called that carries it."""
    assert ruling({"read", capability}) == {capability}


def test_a_shop_manager_does_not_rule() -> None:
    """Nor does an editor: what they hold can be lent."""
    assert (
        ruling({"edit_theme_options", "edit_others_posts", "manage_woocommerce", "list_users", "export"})
        == set()
    )


def test_the_kind_is_found_and_says_what_it_cannot_promise() -> None:
    """By entry point, as a third party's would be; the companion's kind has no such limits."""
    assert {"wordpress", "wordpress-core"} <= set(kind_names())
    assert [limit.partition(":")[0] for limit in limits_of("wordpress-core")] == [
        "no dead-man",
        "no scope",
        "no trace",
    ]
    assert limits_of("wordpress") == limits_of("nobody-brings-this") == ()
