"""For which address passkeys are made."""

from __future__ import annotations

import pytest

from broker.identity.factors.passkeys.relying_party import relying_party


@pytest.mark.parametrize(
    ("base_url", "demo", "expected"),
    [
        ("https://broker.clinic.example", False, ("broker.clinic.example", "https://broker.clinic.example")),
        (
            "https://broker.clinic.example:8443",
            False,
            ("broker.clinic.example", "https://broker.clinic.example:8443"),
        ),
        ("http://localhost:8000", False, ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", True, ("localhost", "http://localhost:8000")),
        ("http://127.0.0.1:8000", False, None),
        ("http://broker.clinic.example", False, None),
        ("https://192.0.2.1", True, None),
        ("https://[2001:db8::1]", False, None),
    ],
)
def test_the_name_passkeys_are_bound_to(base_url, demo, expected):
    """The host's name over TLS, localhost on one's own machine; a bare address has none."""
    party = relying_party(base_url, demo=demo)
    assert (None if party is None else (party.id, party.origin)) == expected
