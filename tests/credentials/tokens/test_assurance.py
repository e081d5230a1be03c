"""How sure the broker was, in words that others know."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from broker.access.grant import Grant
from broker.access.tables import access_requests
from broker.credentials.tokens.assurance import ACR, AMR, Assurance
from broker.errors import Refused
from broker.identity.factors.step_up import Method
from tests.credentials.tokens.conftest import Issue
from tests.fakes.clinic import Clinic

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
# RFC 8176, section 2, and what OpenID's EAP ACR Values added to its registry.
REGISTERED = {
    "face", "fpt", "geo", "hwk", "iris", "kba", "mca", "mfa", "otp", "pin", "pwd", "rba", "retina", "sc", "sms",
    "swk", "tel", "user", "vbm", "wia", "pop",
}  # fmt: skip


@pytest.mark.parametrize("method", list(Method))
def test_every_method_has_its_words(method: Method) -> None:
    """A new one fails until somebody decides what it is worth; every amr is a registered one and says mfa."""
    said = Assurance.of(method.value, NOON)
    assert said.acr
    assert set(said.amr) <= REGISTERED
    assert "mfa" in said.amr
    assert (set(ACR), set(AMR)) == (set(Method), set(Method))


def test_only_a_passkey_is_called_phishing_resistant() -> None:
    """Nothing that can be typed into another's page is."""
    assert {method for method, acr in ACR.items() if acr == "phr"} == {Method.PASSKEY}
    assert {method for method, amr in AMR.items() if "pop" in amr} == {Method.PASSKEY}
    assert {method for method, amr in AMR.items() if "otp" in amr} == {Method.TOTP}


def gated_by(clinic: Clinic, **values: object) -> None:
    with clinic.store.write() as tx:
        tx.execute(update(access_requests).values(**values))


@pytest.mark.parametrize(
    ("method", "acr", "amr"),
    [
        ("passkey", "phr", ("mfa", "pop", "user")),
        ("recovery", "http://schemas.openid.net/pape/policies/2007/06/multi-factor", ("mfa",)),
    ],
)
def test_a_token_tells_of_the_factor_of_its_request(
    clinic: Clinic, grant: Grant, issued_for: Issue, method: str, acr: str, amr: tuple[str, ...]
) -> None:
    """Not of the session, nor of the moment the token was asked for."""
    gated_by(clinic, factor_method=method)
    clinic.clock.advance(minutes=2)
    token = issued_for(grant).token
    assert (token.acr, token.amr) == (acr, amr)
    assert token.auth_time == grant.issued_at.replace(microsecond=0)


@pytest.mark.parametrize("values", [{"factor_method": None}, {"factor_at": None}])
def test_no_token_where_it_is_not_known_who_proved_what(
    clinic: Clinic, grant: Grant, issued_for: Issue, values: dict[str, None]
) -> None:
    """A request of an earlier version does not hold it, and nothing is made up."""
    gated_by(clinic, **values)
    with pytest.raises(Refused, match="It is not known"):
        issued_for(grant)
