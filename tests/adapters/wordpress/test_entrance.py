"""Where a holder begins on a WordPress site."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.lease import LeaseSigner
from broker.adapters.wordpress.client import WordPressAdapter
from tests.fakes.connection import connection_to

POSTS = {"post_type": "telehealth_note", "meta_key": "patient_ref", "capabilities": ["read"]}
NOTES = {"posts": POSTS, "patient": "P-1001"}


@pytest.mark.parametrize("base", ["https://clinic.example/blog", "https://clinic.example/blog/"])
def test_the_list_of_what_the_scope_opens(base: str) -> None:
    """A scope of posts leads to their list in the companion's own view; the patient is not in the address."""
    signer = LeaseSigner(Ed25519PrivateKey.generate(), "broker.example")
    adapter = WordPressAdapter(connection_to(base, signer))
    admin = "https://clinic.example/blog/wp-admin/"
    assert adapter.entrance(NOTES) == admin + "edit.php?post_type=telehealth_note&emergency_access=1"
    assert adapter.entrance({"primitives": ["edit_pages"]}) == admin
