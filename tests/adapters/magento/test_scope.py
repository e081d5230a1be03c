"""What a policy may ask of a Magento site."""

from __future__ import annotations

import json
from typing import Any

import pytest

from broker.adapters.jws import DocumentRefused
from broker.adapters.kind import kind_of
from broker.adapters.magento.scope import check_scope, forbidden
from broker.adapters.pairing import read_pairing
from broker.adapters.verify import verify_lease
from tests.vectors import make_lease_vectors, make_magento_vectors

VECTORS = json.loads(make_magento_vectors.FILE.read_text(encoding="utf-8"))


def test_vectors_are_fresh() -> None:
    """The file PHP reads is the one Python writes."""
    assert make_magento_vectors.text() == make_magento_vectors.FILE.read_text(encoding="utf-8")


# What is no JSON object never becomes a scope in Python.
SCOPES = [case for case in VECTORS["scopes"] if isinstance(case["scope"], dict)]


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in SCOPES])
def test_scope(case: dict[str, Any]) -> None:
    """Refused here for the same reason as on the site."""
    assert _verdict(case["scope"]) == case["expect"]


@pytest.mark.parametrize("resource", VECTORS["never_grant"]["forbidden"])
def test_forbidden(resource: str) -> None:
    """No lease may give this, whoever signs it."""
    assert forbidden(resource)


@pytest.mark.parametrize("resource", VECTORS["never_grant"]["allowed"])
def test_allowed(resource: str) -> None:
    """This may be lent."""
    assert not forbidden(resource)


def test_leases() -> None:
    """The sound leases for a Magento site are sound to Python as well, and hold sound scopes."""
    pairing = read_pairing(make_lease_vectors.document()["pairing"])
    for case in VECTORS["leases"]:
        if case["expect"] == "ok":
            check_scope(verify_lease(case["jws"], pairing, make_lease_vectors.NOW).scope)


def test_kind_is_found() -> None:
    """The kind is an entry point as a third party's would be, and refuses what a site could not enforce."""
    kind = kind_of("magento")
    assert kind.title == "Magento"
    assert kind.limits == ()
    with pytest.raises(DocumentRefused, match="bad_scope"):
        kind.check_scope({"roles": ["Administrators"]})


def test_pairing_words() -> None:
    """Whoever connects a shop is told where the module lies, where the pairing goes, and which keys are wanted."""
    words = kind_of("magento").pairing_words("PAIRING")
    assert "'emergency_access' => ['pairing' => 'PAIRING']" in words
    assert "app/code/EmergencyAccess/Broker" in words


def _verdict(scope: dict[str, Any]) -> str:
    try:
        check_scope(scope)
    except DocumentRefused as refused:
        return refused.reason
    return "ok"
