"""Who comes in, at the database: races, elevation, and links nobody made."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from broker.identity.caller import Caller
from broker.identity.disable import disable
from broker.identity.people import Role, add_person, everyone
from broker.identity.secret_box import SecretBox
from broker.identity.sessions.end_session import Why as Ended
from broker.identity.sessions.end_session import end_session
from broker.identity.sessions.sessions import look_up
from broker.identity.signing_in.sign_in import Lobby
from broker.identity.single_sign_on.coming_in.admit import Admitted, admit
from broker.identity.single_sign_on.coming_in.assurance import check_assurance, proves_factor
from broker.identity.single_sign_on.coming_in.groups import roles_by_groups
from broker.identity.single_sign_on.coming_in.id_token import Vouched
from broker.identity.single_sign_on.going_out.sso_sessions import forget_hints, hint_of
from broker.identity.single_sign_on.refused import SignOnRefused, Why
from broker.identity.single_sign_on.tables import sso_identities, sso_sessions
from broker.ledger.chain import Ledger
from broker.policy.sign_in import SingleSignOnRules
from broker.review.against_ledger.check import check_rows
from tests.identity.single_sign_on.conftest import ISSUER

HERE = Caller("192.0.2.1", "Ward PC")
GROUPS = {"doctors": ("clinician",), "admins": ("admin",)}
RULES = SingleSignOnRules(
    acr_values=("mfa",), groups=GROUPS, create_people=True, counts_as_factor=True, max_age=timedelta(hours=1)
)


@pytest.fixture
def vouched(clock) -> Vouched:
    claims = {
        "email": "doctor@clinic.example",
        "email_verified": True,
        "name": "Doctor",
        "groups": ["doctors"],
    }
    now = clock.now()
    return Vouched(ISSUER, "doctor", "s1", "mfa", ("pwd", "otp"), now, now, claims)


def saying(vouched: Vouched, **claims: Any) -> Vouched:
    return replace(vouched, claims={**vouched.claims, **claims})


def test_two_windows_at_once_make_one_person(any_store, vouched: Vouched) -> None:
    """Neither fails, both are in, as the same person."""
    lobby = Lobby(any_store, Ledger(), SecretBox(bytes(range(32))))
    done: list[Admitted | BaseException] = []
    start = threading.Barrier(2)

    def come() -> None:
        start.wait()
        try:
            done.append(admit(lobby, RULES, HERE, vouched, "a.b.c"))
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test has to see it
            done.append(error)

    windows = [threading.Thread(target=come) for _ in range(2)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert [type(each) for each in done] == [Admitted, Admitted], done
    with any_store.read() as reader:
        assert len(everyone(reader)) == 1
        assert len(reader.all(select(sso_sessions))) == 2


@pytest.mark.parametrize(
    ("rules", "elevated"),
    [
        (RULES, True),
        (replace(RULES, counts_as_factor=False), False),
        (replace(RULES, acr_values=("other",)), False),
        (replace(RULES, acr_values=(), amr_values=("otp",)), True),
        (replace(RULES, acr_values=()), False),
    ],
)
def test_a_session_has_both_factors_only_where_policy_names_what_proves_them(
    lobby: Lobby, vouched: Vouched, rules: SingleSignOnRules, elevated: bool
) -> None:
    """Otherwise it opens what the password alone opens."""
    assert proves_factor(vouched, rules) is elevated
    admitted = admit(lobby, rules, HERE, vouched, "a.b.c")
    with lobby.store.read() as reader:
        session = look_up(reader, admitted.opened.token)
    assert session is not None
    assert (session.mfa_at is not None) is elevated


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"acr": ""}, RULES),
        ({"acr": "MFA"}, RULES),
        ({"auth_time": None}, RULES),
        ({"amr": ()}, replace(RULES, amr_values=("otp",))),
        ({"amr": ("pwd",)}, replace(RULES, amr_values=("otp", "hwk"))),
    ],
)
def test_less_than_was_asked_for_is_too_little(
    vouched: Vouched, clock, change: dict[str, Any], rules: SingleSignOnRules
) -> None:
    """What the provider leaves out it does not vouch for."""
    check_assurance(vouched, RULES, clock.now())
    with pytest.raises(SignOnRefused) as caught:
        check_assurance(replace(vouched, **change), rules, clock.now())
    assert caught.value.why is Why.WEAK


def test_how_fresh_it_has_to_be_is_counted_from_the_sign_in_there(vouched: Vouched, clock) -> None:
    """To the second, and a minute for clocks that differ."""
    clock.advance(minutes=61)
    check_assurance(vouched, RULES, clock.now())
    clock.advance(seconds=1)
    with pytest.raises(SignOnRefused):
        check_assurance(vouched, RULES, clock.now())


@pytest.mark.parametrize("verified", ["true", 1, None, [True], {"email_verified": True}])
def test_only_a_plain_yes_says_that_an_address_was_checked(
    lobby: Lobby, vouched: Vouched, verified: object
) -> None:
    """A word that looks like one is none."""
    with pytest.raises(SignOnRefused) as caught:
        admit(lobby, RULES, HERE, saying(vouched, email_verified=verified), "a.b.c")
    assert caught.value.why is Why.UNPROVED_EMAIL


@pytest.mark.parametrize("name", [None, "", " ", 7, "a\0b", "x" * 500, "\u202eevil"])
def test_a_name_that_is_none_is_no_reason_to_stay_out(lobby: Lobby, vouched: Vouched, name: object) -> None:
    """They are called by their address until somebody tells better."""
    person = admit(lobby, RULES, HERE, saying(vouched, name=name), "a.b.c").person
    assert person.name
    assert person.name.isprintable()


@pytest.mark.parametrize("email", [None, 7, "", "no address", "a@b\nc", ["doctor@clinic.example"]])
def test_an_address_that_is_none_is_nobodys(lobby: Lobby, vouched: Vouched, email: object) -> None:
    """Refused in words, never an error."""
    with pytest.raises(SignOnRefused):
        admit(lobby, RULES, HERE, saying(vouched, email=email), "a.b.c")


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        (["doctors"], {"clinician"}),
        ("doctors", {"clinician"}),
        (["doctors", "admins", "cooks", 7, None, {}], {"clinician", "admin"}),
        (["Doctors", "doctors ", "/doctors"], set()),
        ({"doctors": True}, set()),
        (None, set()),
    ],
)
def test_groups_are_told_letter_by_letter(vouched: Vouched, groups: object, roles: set[str]) -> None:
    """One that only looks like another gives nothing."""
    found = roles_by_groups({"groups": groups}, RULES)
    assert found is not None
    assert {str(role) for role in found} == roles


@pytest.mark.parametrize("instead", [{"_claim_names": {"groups": "src1"}}, {"hasgroups": True}])
def test_more_groups_than_fit_are_not_taken_for_none(
    lobby: Lobby, vouched: Vouched, instead: dict[str, Any]
) -> None:
    """Entra leaves them all out then: nobody comes in, and nobody loses a role by it."""
    admit(lobby, RULES, HERE, vouched, "a.b.c")
    claims = {name: value for name, value in vouched.claims.items() if name != "groups"}
    overflowing = replace(vouched, claims=claims | instead)
    with pytest.raises(SignOnRefused) as caught:
        admit(lobby, RULES, HERE, overflowing, "a.b.c")
    assert caught.value.why is Why.TOO_MANY_GROUPS
    with lobby.store.read() as reader:
        assert everyone(reader)[0].roles == {Role.CLINICIAN}


def test_nobody_comes_in_whose_account_is_switched_off(lobby: Lobby, vouched: Vouched, events) -> None:
    """Whatever the provider says; the try is written down."""
    person = admit(lobby, RULES, HERE, vouched, "a.b.c").person
    with lobby.store.write() as tx:
        disable(tx, lobby.ledger, person.id, actor="setup")
    with pytest.raises(SignOnRefused) as caught:
        admit(lobby, RULES, HERE, vouched, "a.b.c")
    assert caught.value.why is Why.DISABLED
    assert events()[-1] == "person.sign_in_failed"


def test_the_same_name_at_another_provider_is_somebody_else(lobby: Lobby, vouched: Vouched) -> None:
    """People are known by provider and name together."""
    admit(lobby, RULES, HERE, vouched, "a.b.c")
    with pytest.raises(SignOnRefused) as caught:
        admit(lobby, RULES, HERE, replace(vouched, issuer="https://other.example"), "a.b.c")
    assert caught.value.why is Why.TAKEN


def test_a_link_nobody_made_is_noticed(lobby: Lobby, vouched: Vouched) -> None:
    """Who writes into the database can let a stranger in as the administrator, but not unseen."""
    admit(lobby, RULES, HERE, vouched, "a.b.c")
    with lobby.store.write() as tx:
        admin = add_person(
            tx, lobby.ledger, email="admin@clinic.example", name="Admin", roles=[Role.ADMIN], actor="setup"
        )
    assert check_rows(lobby.store).ok
    with lobby.store.write() as tx:
        row = {"issuer": ISSUER, "subject": "evil", "person_id": admin.id, "linked_at": tx.at}
        tx.execute(insert(sso_identities).values(row))
    (found,) = check_rows(lobby.store).disagreements
    assert found.table == "sso_identities"


def test_the_id_token_is_kept_sealed_while_its_session_lives(lobby: Lobby, vouched: Vouched) -> None:
    """It tells the provider who signs out; after that nobody needs it."""
    session = admit(lobby, RULES, HERE, vouched, "canary.id.token").opened.session_id
    other = admit(lobby, RULES, HERE, replace(vouched, sid="s2"), "canary.id.token").opened.session_id
    assert forget_hints(lobby.store) == 0
    with lobby.store.write() as tx:
        assert b"canary" not in tx.all(select(sso_sessions))[0].id_token
        assert hint_of(tx, lobby.box, session) == "canary.id.token"
        end_session(tx, lobby.ledger, session, actor="setup", why=Ended.SIGNED_OUT)
    assert forget_hints(lobby.store) == 1
    with lobby.store.read() as reader:
        assert hint_of(reader, lobby.box, session) == ""
        assert hint_of(reader, lobby.box, other) == "canary.id.token"


def test_an_id_token_of_another_session_is_not_opened(lobby: Lobby, vouched: Vouched) -> None:
    """Rows that were swapped tell nothing."""
    mine = admit(lobby, RULES, HERE, vouched, "mine.id.token").opened.session_id
    other = admit(lobby, RULES, HERE, replace(vouched, sid="s2"), "other.id.token").opened.session_id
    with lobby.store.write() as tx:
        rows = {row.session_id: row.id_token for row in tx.all(select(sso_sessions))}
        swapped = update(sso_sessions).where(sso_sessions.c.session_id == mine)
        tx.execute(swapped.values(id_token=rows[other]))
        assert hint_of(tx, lobby.box, mine) == ""


def test_no_name_of_the_providers_is_in_the_ledger(lobby: Lobby, vouched: Vouched, ledger_text) -> None:
    """Nor the token, nor what it says."""
    admit(lobby, RULES, HERE, replace(vouched, subject="canary-subject"), "canary.id.token")
    assert "canary" not in ledger_text()
