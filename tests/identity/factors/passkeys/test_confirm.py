"""A passkey confirms one named act of one person, once, by somebody whom the device has checked."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from broker.identity.factors.passkeys.challenge import FRESH_FOR
from broker.identity.factors.passkeys.tables import passkeys, used_challenges
from broker.identity.factors.refusal import Reason
from broker.identity.factors.step_up import Action, Method, Proof
from broker.identity.people import Role, add_person
from tests.fakes.soft_passkey import UP, UV, SoftPasskey
from tests.identity.factors.passkeys.conftest import ASK


def test_an_answer_is_proof_for_exactly_the_act(holder):
    """The proof names person, act and method, as a code's does."""
    proof = holder.confirm(holder.device.answer(holder.begin()))
    assert isinstance(proof, Proof)
    assert proof.covers(ASK)
    assert (proof.person_id, proof.method) == (holder.person_id, Method.PASSKEY)


def test_the_browser_is_told_to_check_who_holds_the_device(holder):
    """User verification is required, for this broker's name, of this person's passkeys only."""
    asked = json.loads(holder.begin())
    assert asked["userVerification"] == "required"
    assert asked["rpId"] == "broker.clinic.example"
    assert len(asked["allowCredentials"]) == 1


@pytest.mark.parametrize(
    "other",
    [
        Action("ask.break_glass", {"patient": "patient_1"}),
        Action("ask.ordinary", {"patient": "patient_2"}),
        Action("ask.ordinary"),
        Action("decide.approve", {"request": "req_1"}),
    ],
    ids=str,
)
def test_an_answer_for_one_act_confirms_no_other(holder, other):
    """A form kept back and sent with another's confirmation does nothing."""
    said = holder.device.answer(holder.begin())
    assert holder.confirm(said, other) is Reason.OTHER_ACT


def test_an_answer_is_taken_once(holder):
    """Sent a second time it is refused, in whatever spelling of base64."""
    said = holder.device.answer(holder.begin())
    assert isinstance(holder.confirm(said), Proof)
    assert holder.confirm(said) is Reason.ANSWERED
    padded = json.loads(said)
    padded["response"]["clientDataJSON"] += "=="
    assert holder.confirm(json.dumps(padded)) is Reason.ANSWERED


def test_an_answer_stays_used_when_others_follow(holder, clock):
    """Forgetting old answers forgets none that could still be replayed."""
    first = holder.device.answer(holder.begin())
    assert isinstance(holder.confirm(first), Proof)
    for _ in range(3):
        clock.advance(minutes=1)
        assert isinstance(holder.confirm(holder.device.answer(holder.begin())), Proof)
    assert holder.confirm(first) is Reason.ANSWERED


def test_a_proof_says_when_and_a_refusal_stands_in_the_ledger(holder, clock, told):
    """With the act and the source, and never what the device said."""
    said = holder.device.answer(holder.begin())
    assert holder.confirm(said).at == clock.now()
    holder.confirm(said)
    entry = told("factor.refused")
    assert (entry.actor, entry.subject) == (holder.person_id, holder.person_id)
    assert entry.facts == {"reason": "answered", "action": "ask.ordinary", "source": "192.0.2.10"}


def test_of_two_at_the_same_instant_one_is_taken(holder, store):
    """Two threads with one answer: one proof."""
    said, outcomes = holder.device.answer(holder.begin()), []
    both = threading.Barrier(2)

    def send():
        both.wait()
        outcomes.append(holder.confirm(said))

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(isinstance(each, Proof) for each in outcomes) == 1
    assert Reason.ANSWERED in outcomes


def test_an_answer_is_good_for_five_minutes(holder, clock):
    """To the second, and not in the past of a clock that was set back."""
    for wait, taken in ((FRESH_FOR - timedelta(seconds=1), True), (FRESH_FOR, False)):
        said = holder.device.answer(holder.begin())
        clock.advance(seconds=wait.total_seconds())
        assert isinstance(holder.confirm(said), Proof) is taken


def test_asking_writes_nothing(holder, store):
    """Nobody fills a table by asking for challenges; a used one is forgotten once it could not be taken anyway."""
    for _ in range(50):
        holder.begin()
    with store.read() as reader:
        before = len(reader.all(select(used_challenges)))
    assert before == 1  # of the registration
    holder.confirm(holder.device.answer(holder.begin()))
    with store.read() as reader:
        assert len(reader.all(select(used_challenges))) == 2


def test_what_a_device_must_not_get_away_with(holder):
    """Not verified, not present, another page's name, another ceremony, a frame of somebody else's."""
    device = holder.device
    tries = {
        "nobody checked": (device.answer(holder.begin(), flags=UP), Reason.NOT_VERIFIED),
        "nobody there": (device.answer(holder.begin(), flags=UV), Reason.WRONG_PASSKEY),
        "a look-alike": (
            device.answer(holder.begin(), origin="https://broker.clinic.example.evil.example"),
            Reason.WRONG_PASSKEY,
        ),
        "plain http": (
            device.answer(holder.begin(), origin="http://broker.clinic.example"),
            Reason.WRONG_PASSKEY,
        ),
        "another port": (
            device.answer(holder.begin(), origin="https://broker.clinic.example:8443"),
            Reason.WRONG_PASSKEY,
        ),
        "made, not asked": (device.answer(holder.begin(), type="webauthn.create"), Reason.WRONG_PASSKEY),
        "in a frame": (device.answer(holder.begin(), crossOrigin=True), Reason.OTHER_ACT),
        "made-up challenge": (device.answer(holder.begin(), challenge="AAAA"), Reason.OTHER_ACT),
    }
    assert {name: holder.confirm(said) for name, (said, _) in tries.items()} == {
        name: reason for name, (_, reason) in tries.items()
    }


def test_another_relying_partys_signature_is_refused(holder):
    """The device was asked under another name: its hash is signed over and does not fit."""
    holder.device.party = "other.example"
    assert holder.confirm(holder.device.answer(holder.begin())) is Reason.WRONG_PASSKEY


def test_a_wrong_key_under_the_right_id(holder):
    """Knowing a credential's id is worth nothing without its key."""
    thief = SoftPasskey(credential_id=holder.device.credential_id, user=holder.device.user)
    assert holder.confirm(thief.answer(holder.begin())) is Reason.WRONG_PASSKEY


def test_a_copy_is_refused_told_and_ends_nothing_else(holder, events):
    """A counter that stood still or went back: refused and in the ledger; the original goes on."""
    holder.confirm(holder.device.answer(holder.begin(), count=5))
    for back in (0, -3):
        holder.device.counter = 5
        assert holder.confirm(holder.device.answer(holder.begin(), count=back)) is Reason.COPIED
    assert events().count("passkey.copied") == 2
    holder.device.counter = 5
    assert isinstance(holder.confirm(holder.device.answer(holder.begin())), Proof)


def test_a_counter_that_fell_to_zero_is_a_copy(holder, told):
    """A copy on a device that does not count; the ledger says whose it is and what was counted."""
    holder.confirm(holder.device.answer(holder.begin(), count=5))
    holder.device.counter = 0
    assert holder.confirm(holder.device.answer(holder.begin(), count=0)) is Reason.COPIED
    entry = told("passkey.copied")
    assert (entry.actor, entry.subject) == (holder.person_id, holder.person_id)
    assert (entry.facts["counted"], entry.facts["before"]) == (0, 5)
    assert entry.facts["passkey"].startswith("passkey_")


def test_a_device_that_does_not_count_says_zero_for_ever(holder):
    """Passkeys kept on several devices have no counter; that is no copy."""
    for _ in range(3):
        assert isinstance(holder.confirm(holder.device.answer(holder.begin(), count=0)), Proof)


def test_somebody_elses_passkey(holder, enrol, store, ledger):
    """Each answers for its own person only, also when the challenge is the right one."""
    with store.write() as tx:
        other = add_person(
            tx, ledger, email="o@clinic.example", name="Other", roles=[Role.ADMIN], actor="broker"
        )
    stranger = enrol(other.id)
    assert holder.confirm(stranger.device.answer(holder.begin())) is Reason.WRONG_PASSKEY
    assert stranger.confirm(stranger.device.answer(holder.begin())) is Reason.OTHER_ACT


@pytest.mark.parametrize("column", ["person_id", "public_key", "credential_id"])
def test_rows_that_were_exchanged_open_nothing(holder, enrol, store, ledger, column):
    """Whoever can write the table, but has not the key file, cannot lend a passkey to somebody else."""
    with store.write() as tx:
        other = add_person(
            tx, ledger, email="o@clinic.example", name="Other", roles=[Role.ADMIN], actor="broker"
        )
    victim = enrol(other.id)
    with store.write() as tx:
        mine = tx.one_or_none(select(passkeys).where(passkeys.c.person_id == holder.person_id))
        target = passkeys.c.id == (mine.id if column == "person_id" else _row_of(tx, victim.person_id).id)
        value = victim.person_id if column == "person_id" else getattr(mine, column)
        tx.execute(update(passkeys).where(target).values({column: value}))
    assert victim.confirm(holder.device.answer(victim.begin())) is Reason.WRONG_PASSKEY


def test_a_removed_passkey_and_a_disabled_person(holder, store):
    """Neither confirms anything, although the challenge was made before."""
    asked = holder.begin()
    with store.write() as tx:
        tx.execute(update(passkeys).values(removed_at=tx.at))
    assert holder.confirm(holder.device.answer(asked)) is Reason.NO_PASSKEY


def test_nobody_is_locked_out_over_a_passkey(holder):
    """A hundred wrong answers later the right one is taken."""
    for _ in range(100):
        holder.confirm("{}")
    assert isinstance(holder.confirm(holder.device.answer(holder.begin())), Proof)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=st.text(max_size=200) | _JSON.map(json.dumps))
def test_nonsense_is_refused_and_never_raises(holder, said):
    """Whatever arrives in the field is an answer of no passkey, or asks for a challenge."""
    if said != "begin":
        assert holder.confirm(said) is Reason.WRONG_PASSKEY


_FIELDS = ("clientDataJSON", "authenticatorData", "signature", "userHandle")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    field=st.sampled_from(_FIELDS),
    value=st.text(alphabet="ABCxyz019-_=!é", max_size=60) | _JSON,
    where=st.integers(0, 400),
    cut=st.booleans(),
)
def test_a_real_answer_bent_out_of_shape_is_refused(holder, field, value, where, cut):
    """Any part of it replaced, or one letter of it changed or cut off: no proof, and never an error."""
    said = json.loads(holder.device.answer(holder.begin(), count=1))
    real = said["response"][field]
    bent = real[:where] if cut else value
    if bent == real or field == "userHandle":
        return
    said["response"][field] = bent
    assert not isinstance(holder.confirm(json.dumps(said)), Proof)


def test_a_megabyte_is_not_even_read(holder):
    """And neither is depth."""
    assert holder.confirm("[" * 1_000_000) is Reason.WRONG_PASSKEY
    assert holder.confirm("[" * 16_000) is Reason.WRONG_PASSKEY


def _row_of(reader, person_id):
    return reader.one_or_none(select(passkeys).where(passkeys.c.person_id == person_id))
