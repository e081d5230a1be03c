"""Everything is lost: somebody vouches, one browser begins anew, and nobody is locked out on the way."""

from __future__ import annotations

import re
import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from broker.errors import Conflict, IllegalMove, Invalid, Refused
from broker.identity.caller import Caller
from broker.identity.factors import totp
from broker.identity.factors.enrol import begin_enrolment, confirm_enrolment
from broker.identity.factors.forget_factor import forget_factor
from broker.identity.factors.lost.ask_help import MOST_FROM_STRANGERS, ask_help, spoken_code
from broker.identity.factors.lost.reset import (
    MOVES,
    Reset,
    ResetState,
    get_reset,
    move_reset,
    open_resets,
    reset_of_browser,
)
from broker.identity.factors.lost.tables import factor_resets
from broker.identity.factors.lost.vouch import (
    MOST_WRONG_CODES,
    check_spoken_code,
    refuse_help,
    stop_pleas,
    vouch,
    vouching,
)
from broker.identity.factors.passkeys.add import begin_passkey
from broker.identity.factors.passkeys.passkey import passkeys_of
from broker.identity.factors.passkeys.relying_party import RelyingParty
from broker.identity.factors.recovery_codes import consume, how_many_left
from broker.identity.factors.step_up import Action, Method, Proof
from broker.identity.people import Role, add_person, by_id, set_roles
from broker.identity.sessions import sessions
from broker.identity.signing_in.first_factor import check_first_code, check_first_passkey
from tests.fakes.soft_passkey import ORIGIN, PARTY, SoftPasskey
from tests.identity.conftest import Phone

STRANGER = Caller("198.51.100.7", "Somewhere else")


@pytest.fixture
def lobby(lobby):
    return replace(lobby, party=RelyingParty(PARTY, ORIGIN))


@pytest.fixture
def approver(store, ledger):
    with store.write() as tx:
        return add_person(
            tx,
            ledger,
            email="approver@clinic.example",
            name="Approver",
            roles=[Role.APPROVER],
            actor="broker",
        )


@pytest.fixture
def plea(store, ledger, clinician):
    """What a clinician asked for in this browser, with its token."""
    with store.write() as tx:
        return ask_help(tx, ledger, by_id(tx, clinician.id), STRANGER, "Phone stolen, codes at home")


@pytest.fixture
def vouched(store, ledger, box, approver, plea, clock):
    """The same after an approver talked to them."""
    return _vouch(store, ledger, box, approver, plea.reset, clock)


def _vouch(store, ledger, box, approver, reset, clock, *, typed=None):
    proof = Proof(approver.id, vouching(reset.id).digest, Method.PASSKEY, clock.now())
    with store.write() as tx:
        return vouch(tx, ledger, box, approver, reset.id, typed or spoken_code(box, reset), proof)


@pytest.mark.parametrize("before", list(ResetState))
@pytest.mark.parametrize("after", list(ResetState))
def test_every_pair_of_states(store, ledger, plea, before, after):
    """On the table it moves and is closed or not; off it an illegal move raises."""
    with store.write() as tx:
        open_until = tx.at.replace(year=tx.at.year + 1)
        row = {"state": before.value, "open_until": open_until}
        tx.execute(factor_resets.update().values(**row))
        reset = get_reset(tx, plea.reset.id)
        if after not in MOVES[before]:
            with pytest.raises(IllegalMove):
                move_reset(tx, reset, after)
        else:
            assert move_reset(tx, reset, after).state is after


def test_who_vouched_stands_in_the_row_and_in_the_ledger(approver, clinician, vouched, told):
    """With the instant, until when it is open, and with what the approver confirmed."""
    assert vouched.decided_by == approver.id
    assert vouched.open_until - vouched.decided_at == timedelta(minutes=15)
    entry = told("factor.vouched")
    assert (entry.actor, entry.subject) == (approver.id, clinician.id)
    assert entry.facts["plea"] == vouched.id
    assert entry.facts["open_until"] == vouched.open_until.isoformat()
    assert entry.facts["action_digest"] == vouching(vouched.id).digest


def test_a_plea_names_its_person_in_the_ledger_and_where_it_was_made(plea, clinician, told):
    """And not the reason, which somebody typed."""
    entry = told("factor.help_asked")
    assert (entry.actor, entry.subject) == (clinician.id, clinician.id)
    assert entry.facts == {"plea": plea.reset.id, "source": STRANGER.source}
    assert plea.reset.id.startswith("plea_")


def test_a_spoken_code_is_six_signs_that_differ_on_the_phone(store, ledger, box, clinician):
    """Two groups of three, none of which sounds like another; hundreds of pleas have hundreds of codes."""
    codes = set()
    for _ in range(200):
        with store.write() as tx:
            asked = ask_help(tx, ledger, by_id(tx, clinician.id), STRANGER, "lost")
            move_reset(tx, asked.reset, ResetState.STOPPED)
        codes.add(spoken_code(box, asked.reset))
    assert len(codes) == 200
    assert all(
        re.fullmatch("[2346789ACDEFGHJKLMNPQRTWXY]{3}-[2346789ACDEFGHJKLMNPQRTWXY]{3}", code)
        for code in codes
    )


def test_one_plea_moves_and_the_others_stay(store, ledger, box, approver, clinician, plea, clock):
    """Vouched for is the one whose code was read out, not the one beside it."""
    with store.write() as tx:
        other = ask_help(tx, ledger, by_id(tx, clinician.id), STRANGER, "again")
    vouched = _vouch(store, ledger, box, approver, plea.reset, clock)
    assert vouched.closed_at is None
    with store.write() as tx:
        assert get_reset(tx, other.reset.id).state is ResetState.ASKED
        refused = refuse_help(tx, ledger, approver, other.reset.id)
        assert refused.closed_at == tx.at
        assert get_reset(tx, vouched.id).state is ResetState.VOUCHED


def test_the_oldest_plea_comes_first(store, ledger, clinician, plea, clock):
    """Whoever waits longest is answered first."""
    clock.advance(minutes=1)
    with store.write() as tx:
        later = ask_help(tx, ledger, by_id(tx, clinician.id), STRANGER, "again")
        assert [each.id for each in open_resets(tx)] == [plea.reset.id, later.reset.id]


def test_nothing_changes_before_the_new_factor_is_there(store, box, clinician, clock, vouched):
    """Asked for and vouched for, the old phone and the old codes still work: nobody can be locked out by this."""
    with store.write() as tx:
        assert totp.consume(tx, box, clinician.id, clinician.phone.code(), clock.wall()) is None
        assert how_many_left(tx, clinician.id) == 10


def test_a_new_phone_in_that_browser_replaces_everything(
    store, ledger, box, lobby, desk, clinician, clock, plea, vouched, events
):
    """Old phone, old codes and other sessions are over in the same commit; the right is used up."""
    elsewhere, token = desk.sign_in(clinician), desk.password(clinician.email)
    with store.write() as tx:
        session = sessions.look_up(tx, token)
        shown = begin_enrolment(tx, box, clinician.id, session=session.id, plea=vouched)
    new = Phone(shown.secret.replace(" ", ""), clock)
    opened, enrolled = check_first_code(
        lobby, desk.caller, token=token, code=new.code(), wall=clock.wall(), browser=plea.token
    )
    assert len(enrolled.recovery_codes) == 10
    with store.write() as tx:
        assert sessions.look_up(tx, opened.token).mfa_at
        assert sessions.look_up(tx, elsewhere) is None
        assert consume(tx, clinician.id, clinician.recovery_codes[0]).reason == "wrong"
        assert get_reset(tx, vouched.id).state is ResetState.DONE
    assert {"factor.started_over", "factor.enrolled"} <= set(events())


def test_a_passkey_in_that_browser_replaces_everything(store, lobby, desk, clinician, plea, vouched):
    """The app is gone, the passkey is there, with ten codes."""
    token = desk.password(clinician.email)
    with store.read() as reader:
        here = sessions.look_up(reader, token).id
        options = begin_passkey(reader, lobby.passkeys, clinician.id, session=here, plea=vouched)
    said = SoftPasskey().make(options)
    _, enrolled = check_first_passkey(
        lobby, desk.caller, token=token, said=said, name="New", browser=plea.token
    )
    assert len(enrolled.recovery_codes) == 10
    with store.read() as reader:
        person = by_id(reader, clinician.id)
        assert (person.has_codes, person.has_passkey) == (False, True)
        assert [each.name for each in passkeys_of(reader, clinician.id)] == ["New"]


def test_a_device_that_failed_takes_nothing_away(store, lobby, desk, clinician, plea, vouched):
    """The old factor goes when the new one is there, not when somebody tried."""
    token = desk.password(clinician.email)
    with pytest.raises(Refused):
        check_first_passkey(lobby, desk.caller, token=token, said="{}", name="New", browser=plea.token)
    with store.read() as reader:
        assert by_id(reader, clinician.id).has_codes
        assert get_reset(reader, vouched.id).state is ResetState.VOUCHED


def test_only_the_browser_that_asked_may_begin_anew(
    store, ledger, box, lobby, desk, clinician, plea, vouched
):
    """Another browser with the password, even with a plea of its own, goes nowhere."""
    with store.write() as tx:
        other = ask_help(tx, ledger, by_id(tx, clinician.id), STRANGER, "me too")
    token = desk.password(clinician.email)
    for browser in ("", "made up", other.token):
        with pytest.raises(Refused):
            check_first_passkey(lobby, desk.caller, token=token, said="{}", name="", browser=browser)
    with pytest.raises(Refused), store.write() as tx:
        begin_enrolment(tx, box, clinician.id, plea=reset_of_browser(tx, other.token))


def test_a_plea_opens_nothing_for_another_person(store, ledger, box, newcomer, vouched, clock):
    """Shown in somebody else's session, a plea that was vouched for is none."""
    with store.write() as tx:
        phone = Phone(begin_enrolment(tx, box, newcomer).secret.replace(" ", ""), clock)
        confirm_enrolment(tx, ledger, box, newcomer, phone.code(), wall=clock.wall())
    with pytest.raises(Refused), store.write() as tx:
        begin_enrolment(tx, box, newcomer, plea=vouched)


def test_it_is_open_for_a_quarter_of_an_hour(store, box, clinician, vouched, clock):
    """To the second."""
    clock.advance(minutes=15, seconds=-1)
    with store.write() as tx:
        assert begin_enrolment(tx, box, clinician.id, plea=get_reset(tx, vouched.id))
    clock.advance(seconds=1)
    with pytest.raises(Refused), store.write() as tx:
        begin_enrolment(tx, box, clinician.id, plea=get_reset(tx, vouched.id))


def test_an_unanswered_plea_lapses_after_half_an_hour(store, ledger, box, approver, plea, clock):
    """Then nobody can vouch for it, swept or not."""
    clock.advance(minutes=30)
    with store.read() as reader:
        assert open_resets(reader) == []
    with pytest.raises(Conflict):
        _vouch(store, ledger, box, approver, plea.reset, clock)


def test_nobody_vouches_for_themselves_whatever_their_roles(store, ledger, box, clinician, plea, clock):
    """An approver who lost their own phone needs a second one; roles are those of this instant."""
    with store.write() as tx:
        person = set_roles(tx, ledger, clinician.id, [Role.APPROVER, Role.ADMIN], actor="broker")
    with pytest.raises(Refused, match="themselves"):
        _vouch(store, ledger, box, person, plea.reset, clock)


def test_only_an_approver_of_this_instant_vouches(store, ledger, box, approver, plea, clock):
    """Administrators too ask an approver; a role taken away a moment ago is gone."""
    with store.write() as tx:
        set_roles(tx, ledger, approver.id, [Role.ADMIN], actor="broker")
    with pytest.raises(Refused, match="approver"):
        _vouch(store, ledger, box, approver, plea.reset, clock)


def test_the_approvers_proof_is_for_this_plea(store, ledger, box, approver, plea, clock):
    """A factor given for another plea, another act, or by another approver vouches for nobody."""
    for proof in (
        Proof(approver.id, vouching("plea_0").digest, Method.TOTP, clock.now()),
        Proof(approver.id, Action("sign_in").digest, Method.TOTP, clock.now()),
        Proof("person_0", vouching(plea.reset.id).digest, Method.TOTP, clock.now()),
    ):
        with pytest.raises(Refused), store.write() as tx:
            vouch(tx, ledger, box, approver, plea.reset.id, spoken_code(box, plea.reset), proof)


def test_the_code_on_their_screen_is_compared_and_guessing_ends_it(
    store, ledger, box, approver, plea, events
):
    """Small letters and spaces are fine; the fifth wrong one ends the plea, the right one then too."""
    code = spoken_code(box, plea.reset)
    check_spoken_code(store, ledger, box, approver, plea.reset.id, f" {code.lower().replace('-', ' ')} ")
    for _ in range(MOST_WRONG_CODES):
        with pytest.raises(Invalid):
            check_spoken_code(store, ledger, box, approver, plea.reset.id, "AAA-AAA")
    with pytest.raises(Conflict):
        check_spoken_code(store, ledger, box, approver, plea.reset.id, code)
    assert events().count("factor.help_wrong_code") == MOST_WRONG_CODES


def test_each_plea_has_a_code_of_its_own(store, ledger, box, clinician, plea):
    """Somebody else's plea in the list is not vouched for by mistake."""
    with store.write() as tx:
        other = ask_help(tx, ledger, by_id(tx, clinician.id), STRANGER, "again")
    assert spoken_code(box, plea.reset) != spoken_code(box, other.reset)
    assert spoken_code(box, plea.reset) == spoken_code(box, plea.reset)


def test_of_two_answers_at_once_one_stands(store, ledger, box, approver, plea, clock):
    """Vouched for by one and refused by another in the same instant: never both."""
    both, outcomes = threading.Barrier(2), []

    def go(act):
        both.wait()
        try:
            outcomes.append(act())
        except Conflict:
            outcomes.append(None)

    def refuse() -> Reset:
        with store.write() as tx:
            return refuse_help(tx, ledger, approver, plea.reset.id)

    acts = [refuse, lambda: _vouch(store, ledger, box, approver, plea.reset, clock)]
    threads = [threading.Thread(target=go, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([each for each in outcomes if each is not None]) == 1


def test_it_was_not_me(store, ledger, box, clinician, plea, vouched, events):
    """From where the person is signed in they stop it, vouched for or not."""
    with store.write() as tx:
        assert stop_pleas(tx, ledger, by_id(tx, clinician.id)) == 1
    with pytest.raises(Refused), store.write() as tx:
        begin_enrolment(tx, box, clinician.id, plea=get_reset(tx, plea.reset.id))
    assert "factor.help_stopped" in events()


def test_who_stole_a_password_does_not_fill_the_list(store, ledger, desk, clinician):
    """A few from strange places, then no more; from where the person is known they can always ask."""
    desk.sign_in(clinician)
    with store.write() as tx:
        person = by_id(tx, clinician.id)
        for _ in range(MOST_FROM_STRANGERS):
            ask_help(tx, ledger, person, STRANGER, "mine")
        with pytest.raises(Refused):
            ask_help(tx, ledger, person, STRANGER, "mine")
        assert ask_help(tx, ledger, person, desk.caller, "really me")


def test_nothing_lost_nothing_asked(store, ledger, newcomer):
    """Who has set up nothing does it at once; and a plea says why."""
    with store.write() as tx, pytest.raises(Refused):
        ask_help(tx, ledger, by_id(tx, newcomer), STRANGER, "lost")


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 301])
def test_a_reason_is_given(store, ledger, clinician, reason):
    """In a few words."""
    with store.write() as tx, pytest.raises(Invalid):
        ask_help(tx, ledger, by_id(tx, clinician.id), STRANGER, reason)


def test_the_token_is_kept_nowhere(store, plea, ledger_text):
    """Only its digest; and the ledger has neither token nor reason."""
    with store.read() as reader:
        kept = str(reader.all(select(factor_resets)))
    assert plea.token not in kept
    assert plea.token not in ledger_text()
    assert "Phone stolen" not in ledger_text()


def test_an_operator_who_lets_somebody_begin_again_ends_their_pleas(store, ledger, clinician, plea, vouched):
    """Two ways at once would leave one of them open."""
    with store.write() as tx:
        forget_factor(tx, ledger, clinician.id, actor="cli")
        assert get_reset(tx, plea.reset.id).state is ResetState.STOPPED
