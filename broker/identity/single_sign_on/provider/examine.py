"""Whether people could come in by the provider now, and what happens to them while they could not."""

from __future__ import annotations

from dataclasses import dataclass

from broker.identity.signing_in.local_accounts import LocalAccounts
from broker.identity.single_sign_on.provider.provider import Provider
from broker.identity.single_sign_on.refused import ProviderSilent


@dataclass(frozen=True)
class Finding:
    """``words`` is a sentence for whoever runs the broker."""

    good: bool
    words: str


def examine_provider(provider: Provider, local: LocalAccounts) -> list[Finding]:
    """Asks the provider; never raises."""
    return [*_reached(provider), *_without_it(local)]


def _reached(provider: Provider) -> list[Finding]:
    issuer = provider.registration.issuer
    try:
        metadata, keys = provider.metadata(), provider.keys()
    except ProviderSilent as silent:
        why = f" ({silent.detail})" if silent.detail else ""
        return [
            Finding(good=False, words=f"{issuer} cannot be used{why}. People can only come in otherwise.")
        ]
    number = len(keys.keys)
    published = "1 key" if number == 1 else f"{number} keys"
    found = [Finding(good=True, words=f"{issuer} answers, and publishes {published} it signs with.")]
    if not metadata.end_session:
        words = "It has no address to sign out at: signing out here leaves people signed in there."
        found.append(Finding(good=True, words=words))
    return found


def _without_it(local: LocalAccounts) -> list[Finding]:
    if local.on:
        return []
    names = len(local.exceptions)
    if not names:
        words = "Nobody can sign in while it is down: name somebody in the policy, under local_people."
        return [Finding(good=False, words=words)]
    who = "1 person keeps" if names == 1 else f"{names} people keep"
    return [Finding(good=True, words=f"While it is down, {who} an account of the broker's own.")]
