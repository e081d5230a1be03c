from __future__ import annotations

from datetime import UTC, datetime

from broker.adapters.port import AccountState, ActiveLease, Observation
from broker.sites.standing import standing_findings

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _said(*states: AccountState, left_off: int = 0, leased: str = "") -> list[str]:
    accounts = {state.account: state for state in states}
    active = {"grant_1": ActiveLease("grant_1", leased, 1, NOW)} if leased else {}
    found = standing_findings(Observation(active, NOW, accounts=accounts, accounts_left_off=left_off))
    return [finding.words for finding in found if finding.good]


def test_who_holds_rights_all_the_time_is_named_with_every_way_in() -> None:
    """Roles, and what lets in beside a password, which a review of accounts would not show."""
    owner = AccountState("owner", ("administrator",), application_passwords=1, api_keys=2)
    assert _said(owner) == [
        "1 account holds rights there all the time: owner (administrator; 1 application password; 2 API keys)."
    ]


def test_many_are_counted_and_a_few_named() -> None:
    """Also those that one answer of the site does not hold."""
    states = [AccountState(f"admin{number}", ("administrator",)) for number in range(7)]
    (words,) = _said(*states, left_off=3)
    assert words.startswith("10 accounts hold rights there all the time: admin0 (administrator), ")
    assert words.endswith("admin4 (administrator) and 5 more.")


def test_who_is_shut_out_or_holds_a_lease_is_not_counted() -> None:
    """A frozen account gets in nowhere; a nurse with a lease is listed for the lease, whatever their role."""
    shut, nurse = (
        AccountState("shut", ("administrator",), frozen=True),
        AccountState("nurse", ("subscriber",)),
    )
    assert _said(shut, nurse, leased="nurse") == []
