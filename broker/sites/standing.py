"""Who could get into a site without any grant, in one sentence: what this product is there to make few."""

from __future__ import annotations

from collections.abc import Iterator

from broker.adapters.port import AccountState, Observation
from broker.sites.finding import Finding

NAMED = 5


def standing_findings(observed: Observation) -> Iterator[Finding]:
    """No fault of the connection, so never called wrong; nothing where the site names nobody."""
    # Who holds a lease is listed for that; whether they matter without it cannot be told apart meanwhile.
    leased = {lease.account for lease in observed.active.values()}
    shown = [state for state in observed.accounts.values() if state.account not in leased]
    standing = [state for state in shown if state.roles and not state.frozen]
    count = len(standing) + observed.accounts_left_off
    if count:
        named = sorted(standing, key=lambda state: state.account)[:NAMED]
        more = f" and {count - len(named)} more" if count > len(named) else ""
        who = "1 account holds" if count == 1 else f"{count} accounts hold"
        words = f"{who} rights there all the time: {', '.join(map(_named, named))}{more}."
        yield Finding(good=True, words=words)


def _named(state: AccountState) -> str:
    ways = [
        f"{count} {what if count == 1 else what + 's'}"
        for count, what in (
            (state.application_passwords, "application password"),
            (state.api_keys, "API key"),
        )
        if count
    ]
    roles = ", ".join(state.roles)
    return f"{state.account} ({'; '.join([roles, *ways])})"
