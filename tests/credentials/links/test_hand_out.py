"""Who gets a link, to what, and until when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from broker.access.activate import activate
from broker.access.grant import Grant, grant_is_effective
from broker.credentials.links.hand_out import LINK_LIFETIME, hand_out, holdings_in, would_open
from broker.credentials.links.link_token import LinkSigner
from broker.credentials.links.links import exchange
from broker.errors import Conflict, NotFound
from tests.fakes.clinic import Clinic


@pytest.fixture
def clinic(store, clock) -> Clinic:
    return Clinic(store, clock)


@pytest.fixture
def grant(clinic) -> Grant:
    """A quarter of an hour with one recording, begun just now."""
    issued = clinic.break_glass().grant
    return activate(clinic.equipment, issued.id)


def give(clinic: Clinic, signer: LinkSigner, grant: Grant, *, to=None, holding: str = "") -> str:
    who = (to or clinic.clinician).person
    return hand_out(clinic.store, clinic.ledger, signer, who, grant.id, holding or holdings_in(grant)[0])


def opens(clinic: Clinic, signer: LinkSigner, token: str, who=None) -> bool:
    with clinic.store.read() as reader:
        return would_open(reader, signer, token, (who or clinic.clinician).id)


def test_a_link_lives_for_ten_minutes_and_never_past_its_grant(clinic, signer, grant):
    """At the end of either it opens nothing."""
    first = signer.read(give(clinic, signer, grant))
    assert first.expires_at == clinic.clock.now() + LINK_LIFETIME
    clinic.clock.advance(minutes=8)
    last = signer.read(give(clinic, signer, grant))
    assert last.expires_at == grant.expires_at
    assert (last.grant, last.person) == (grant.id, clinic.clinician.id)


def test_it_is_for_the_holder_and_for_what_the_grant_names(clinic, signer, grant):
    """Another's grant, another's recording and a made-up id look alike: there is nothing."""
    with pytest.raises(NotFound, match="no such access"):
        give(clinic, signer, grant, to=clinic.approver)
    with pytest.raises(NotFound, match="no such access"):
        give(clinic, signer, grant, holding="rec_00000000000000000000")
    with pytest.raises(NotFound):
        give(clinic, signer, replace(grant, id="grant_nobody"), holding=holdings_in(grant)[0])


def test_what_is_not_live_gives_no_link(clinic, signer, grant):
    """Handed back, or over without anybody having swept."""
    clinic.end(grant.id)
    with pytest.raises(Conflict, match="not live"):
        give(clinic, signer, grant)
    other = activate(clinic.equipment, clinic.break_glass().grant.id)
    clinic.clock.advance(minutes=15)
    with pytest.raises(Conflict, match="not live"):
        give(clinic, signer, other)


def test_looking_whether_it_would_open_uses_nothing_up(clinic, signer, grant):
    """The page before the button asks as often as it is loaded; after the exchange the answer is no."""
    token = give(clinic, signer, grant)
    assert opens(clinic, signer, token)
    assert opens(clinic, signer, token)
    exchange(
        clinic.store,
        clinic.ledger,
        signer,
        token=token,
        person_id=clinic.clinician.id,
        grant_is_effective=grant_is_effective,
    )
    assert not opens(clinic, signer, token)


def test_it_would_open_for_nobody_else_and_not_after_an_end(clinic, signer, grant):
    """Another person, its own last second, the end of the grant, a text that is no link."""
    token = give(clinic, signer, grant)
    assert not opens(clinic, signer, token, clinic.approver)
    assert not opens(clinic, signer, token + "x")
    clinic.clock.advance(seconds=(LINK_LIFETIME - timedelta(seconds=1)).total_seconds())
    assert opens(clinic, signer, token)
    clinic.clock.advance(seconds=1)
    assert not opens(clinic, signer, token)
    again = give(clinic, signer, grant)
    clinic.end(grant.id)
    assert not opens(clinic, signer, again)


def test_a_link_nobody_stored_would_not_open(clinic, signer, grant):
    """The signature alone is not enough."""
    claims = signer.read(give(clinic, signer, grant))
    assert not opens(clinic, signer, signer.sign(replace(claims, link="link_00000000000000000000")))


def test_a_role_on_a_site_has_nothing_to_link_to(clinic, grant):
    """Its scope names posts, not holdings."""
    assert holdings_in(replace(grant, scope={"posts": {}})) == ()
