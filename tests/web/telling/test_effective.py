"""What somebody would really be able to do, in sentences for whoever decides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from broker.store import Store
from broker.web.telling.effective import effective_permissions

POSTS = {"post_type": "telehealth_note", "meta_key": "ref", "capabilities": ["edit", "read"]}


@dataclass(frozen=True)
class Asked:
    scope: Mapping[str, Any]
    site_id: str | None = "clinic"


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        (
            {"posts": POSTS},
            ["Read and edit this patient's “telehealth note” entries on clinic, nothing else"],
        ),
        (
            {"orders": {"match": "customer_id", "capabilities": ["notes", "read"]}},
            [
                "Read this patient's orders on clinic, nothing else",
                "Add notes to this patient's orders on clinic, nothing else",
            ],
        ),
        ({"primitives": ["edit_pages"]}, ["Edit pages, of all patients on clinic, nothing else"]),
        (
            {"posts": POSTS, "session": "first"},
            [
                "Read and edit this patient's “telehealth note” entries on clinic, nothing else",
                "Only in the browser that uses it first",
            ],
        ),
        (
            {"roles": ["shop_manager"]},
            [
                "Everything the site's role “shop_manager” may do, for all patients on clinic, nothing else",
            ],
        ),
    ],
)
def test_a_scope_on_a_site_is_told_thing_by_thing(
    store: Store, scope: dict[str, Any], told: list[str]
) -> None:
    """One patient's things, or all patients': it says which, and in which browser where that is limited."""
    with store.read() as reader:
        assert list(effective_permissions(reader, Asked(scope))) == told
