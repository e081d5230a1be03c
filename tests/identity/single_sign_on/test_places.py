"""How many may be on their way back from the provider at once."""

from __future__ import annotations

from threading import BoundedSemaphore

import pytest

from broker.identity.caller import Caller
from broker.identity.signing_in.sign_in import Lobby
from broker.identity.single_sign_on.coming_in.attempt import new_attempt
from broker.identity.single_sign_on.refused import ProviderSilent, SignOnRefused
from broker.identity.single_sign_on.single_sign_on import SingleSignOn
from broker.policy.sign_in import SingleSignOnRules
from tests.identity.single_sign_on.conftest import ISSUER, Published

HERE = Caller("192.0.2.1")


def test_one_too_many_is_told_to_come_again_and_none_keeps_a_place(
    lobby: Lobby, published: Published
) -> None:
    """A provider that hangs holds half of the threads at most; whoever fails gives the place back."""
    places = BoundedSemaphore(1)
    known, attempt = SingleSignOn(published.provider, SingleSignOnRules(), "Clinic", places), new_attempt("/")
    answer = {"state": attempt.state, "code": "x", "iss": ISSUER}
    published.down = True
    with places, pytest.raises(ProviderSilent) as caught:
        known.finish(lobby, HERE, attempt, answer)
    assert caught.value.detail == "too many at once"
    for _ in range(3):
        with pytest.raises(ProviderSilent) as caught:
            known.finish(lobby, HERE, attempt, answer)
        assert caught.value.detail != "too many at once"
    assert places.acquire(blocking=False)


def test_what_does_not_fit_the_attempt_takes_no_place(lobby: Lobby, published: Published) -> None:
    """It is refused before anybody is asked."""
    places = BoundedSemaphore(1)
    known = SingleSignOn(published.provider, SingleSignOnRules(), "Clinic", places)
    with places, pytest.raises(SignOnRefused):
        known.finish(lobby, HERE, new_attempt("/"), {"state": "another", "code": "x"})
    assert published.calls == []
