"""Shutting accounts of a site out: ordered in one commit, sent until the site answered, and never undone by an older order."""

from __future__ import annotations

import pytest

from broker.access.activate import activate
from broker.access.contain import Containment, contain
from broker.access.containment import MOVES, OrderState, get_order, orders_of, standing
from broker.access.grant import Cause, GrantState, get_grant
from broker.adapters.lease import EVERYONE, ContainmentAction
from broker.errors import Invalid, NotFound
from broker.revocation.sweep import sweep
from tests.fakes.clinic import Clinic

FREEZE, RELEASE, END = ContainmentAction.FREEZE, ContainmentAction.RELEASE, ContainmentAction.END_LEASES


def order(clinic: Clinic, *actions: ContainmentAction, account: str = "mallory", spare: tuple[str, ...] = ()):
    return contain(clinic.equipment, Containment("clinic", account, actions, spare), actor=clinic.admin.id)


def test_an_order_is_obeyed_and_confirmed(clinic: Clinic) -> None:
    """The site took it: confirmed, and both steps are in the ledger with who wanted it."""
    ordered = order(clinic, FREEZE, ContainmentAction.END_SESSIONS)
    assert ordered.state is OrderState.CONFIRMED
    assert clinic.site.frozen == {"mallory": ordered.version}
    assert clinic.events()[-2:] == ["site.contain_ordered", "site.contained"]


def test_an_order_the_site_did_not_answer_is_sent_until_it_does(clinic: Clinic) -> None:
    """Never given up; after three tries somebody is told; the same document each time."""
    clinic.site.fault = "down"
    ordered = order(clinic, FREEZE)
    for _ in range(5):
        clinic.clock.advance(minutes=8)
        sweep(clinic.equipment)
    with clinic.store.read() as reader:
        waiting = get_order(reader, ordered.id)
    assert (waiting.state, waiting.tries) == (OrderState.PENDING, 6)
    assert clinic.events().count("site.contain_unconfirmed") == 1
    clinic.site.fault = ""
    clinic.clock.advance(minutes=8)
    assert sweep(clinic.equipment).contained == 1
    assert "mallory" in clinic.site.frozen


def test_an_answer_that_was_lost_changes_nothing(clinic: Clinic) -> None:
    """The effect happened, the answer did not come: it is sent once more and confirmed."""
    clinic.site.fault = "timeout"
    assert order(clinic, FREEZE).state is OrderState.PENDING
    clinic.site.fault = ""
    clinic.clock.advance(minutes=1)
    sweep(clinic.equipment)
    assert len({each.version for each in clinic.site.orders}) == 1


def test_the_last_word_stands(clinic: Clinic) -> None:
    """Frozen, then released while the site was away: what arrives late does not freeze again."""
    clinic.site.fault = "down"
    late = order(clinic, FREEZE)
    clinic.site.fault = ""
    order(clinic, RELEASE)
    clinic.clock.advance(minutes=8)
    sweep(clinic.equipment)
    assert clinic.site.frozen == {}
    with clinic.store.read() as reader:
        assert get_order(reader, late.id).state is OrderState.REFUSED
        last = standing(orders_of(reader, "clinic"))
    assert [each.freezes for each in last.values()] == [False]


def test_an_account_the_site_does_not_know_is_told_at_once(clinic: Clinic) -> None:
    """A mistyped login is no reason to try for ever."""
    clinic.site.known = {"dr-on-call"}
    refused = order(clinic, FREEZE, account="malory")
    assert (refused.state, refused.fault) == (OrderState.REFUSED, "The site refused it: unknown_account.")


@pytest.mark.parametrize(
    ("account", "spare", "ended"),
    [
        ("dr-on-call", (), True),
        ("mallory", (), False),
        (EVERYONE, (), True),
        (EVERYONE, ("dr-on-call",), False),
    ],
)
def test_ending_leases_ends_the_grants_behind_them(
    clinic: Clinic, account: str, spare: tuple[str, ...], ended: bool
) -> None:
    """What the broker granted there is over as well, or it would be sent again; whoever is spared keeps theirs."""
    grant = clinic.approve(clinic.ask(entitlement="wordpress-notes").request.id).grant
    assert grant is not None
    activate(clinic.equipment, grant.id)
    order(clinic, END, account=account, spare=spare)
    sweep(clinic.equipment)
    with clinic.store.read() as reader:
        after = get_grant(reader, grant.id)
    wanted = (GrantState.REVOKED, Cause.ENDED_BY_SECURITY) if ended else (GrantState.ACTIVE, None)
    assert (after.state, after.cause) == wanted


@pytest.mark.parametrize(
    "what",
    [
        Containment("clinic", "a", ()),
        Containment("clinic", "a", (FREEZE, FREEZE)),
        Containment("clinic", "a", (FREEZE, RELEASE)),
        Containment("clinic", "a", (FREEZE,), ("b",)),
        Containment("clinic", "", (FREEZE,)),
        Containment("clinic", "a" * 61, (FREEZE,)),
        Containment("clinic", "a\nb", (FREEZE,)),
        Containment("clinic", EVERYONE, (FREEZE,), ("a",) * 101),
    ],
)
def test_what_no_site_would_take_is_not_ordered(clinic: Clinic, what: Containment) -> None:
    """A mistake is said before anything is written."""
    with pytest.raises(Invalid):
        contain(clinic.equipment, what, actor=clinic.admin.id)
    assert "site.contain_ordered" not in clinic.events()


def test_an_order_for_no_site_is_not_found(clinic: Clinic) -> None:
    """Nobody is frozen nowhere."""
    with pytest.raises(NotFound):
        contain(clinic.equipment, Containment("elsewhere", "a", (FREEZE,)), actor=clinic.admin.id)


def test_every_state_of_an_order_is_decided() -> None:
    """A new state has to say where it leads."""
    assert set(MOVES) == set(OrderState)
