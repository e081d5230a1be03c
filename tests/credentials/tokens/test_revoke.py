"""Tokens taken back before their time: by the software, by a person, and with whoever is shut out."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from sqlalchemy import select, update

from broker.access.grant import Grant, get_grant
from broker.credentials.clients.register import Client, disable_client, enable_client
from broker.credentials.tokens.access_token import Issued, Mint
from broker.credentials.tokens.check import live_token
from broker.credentials.tokens.issue import issue_for_grant, issue_for_person
from broker.credentials.tokens.of_grant import TokensOut, tokens_out
from broker.credentials.tokens.revoke import revoke_by_id, revoke_text
from broker.credentials.tokens.shut_out import end_tokens_of_whoever_is_shut_out
from broker.credentials.tokens.tables import access_tokens
from broker.credentials.tokens.withdraw import withdraw_tokens
from broker.errors import Conflict, NotFound, Unavailable
from broker.identity.disable import disable, enable
from broker.identity.sessions.end_session import Why, end_all_sessions
from broker.ledger.chain import Ledger
from tests.credentials.tokens.conftest import EHR, ISSUER, Granted, Issue, registered
from tests.fakes.clinic import Clinic
from tests.fakes.signing_keys import KeysInMemory


def works(clinic: Clinic, mint: Mint, issued: Issued) -> bool:
    with clinic.store.read() as reader:
        return live_token(reader, mint, issued.text) is not None


def let_go(clinic: Clinic, mint: Mint, client: Client, text: str) -> None:
    with clinic.store.write() as tx:
        revoke_text(tx, mint, client, text)


def test_software_lets_go_of_its_token(
    clinic: Clinic, mint: Mint, client: Client, grant: Grant, issued_for: Issue
) -> None:
    """From that commit on it is dead, and the other tokens of the grant live."""
    first, second = issued_for(grant), issued_for(grant)
    let_go(clinic, mint, client, first.text)
    assert (works(clinic, mint, first), works(clinic, mint, second)) == (False, True)
    entry = clinic.entries("token.revoked")[-1]
    assert (entry.actor, entry.grant, entry.subject) == (
        f"client:{client.id}",
        grant.id,
        clinic.clinician.id,
    )
    assert entry.facts == {"tokens": [first.token.jti], "why": "let_go"}


def test_letting_go_twice_or_of_nothing_is_success(
    clinic: Clinic, mint: Mint, client: Client, grant: Grant, issued_for: Issue
) -> None:
    """One entry for what happened, none for what did not."""
    issued = issued_for(grant)
    for text in (issued.text, issued.text, "", "nonsense", "x" * 1_000_000, issued.text[:-2], "\ud800"):
        let_go(clinic, mint, client, text)
    assert len(clinic.entries("token.revoked")) == 1
    over = issued_for(grant)
    clinic.clock.advance(minutes=5)
    let_go(clinic, mint, client, over.text)
    assert len(clinic.entries("token.revoked")) == 1


def test_software_cannot_end_what_another_was_given(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue
) -> None:
    """Nor does it learn whether there was anything."""
    issued = issued_for(grant)
    let_go(clinic, mint, registered(clinic, name="Other app"), issued.text)
    assert works(clinic, mint, issued)
    assert clinic.entries("token.revoked") == []


def test_a_token_can_be_let_go_of_while_nothing_can_be_signed(
    clinic: Clinic, mint: Mint, client: Client, grant: Grant, issued_for: Issue, keys: KeysInMemory
) -> None:
    """The service that unwraps private keys is down: no token is issued, and every one can be ended."""
    issued, other = issued_for(grant), issued_for(grant)

    class Locked(KeysInMemory):
        def current(self):
            raise Unavailable("The key service does not answer.")

        def published(self):
            return keys.published()

    locked = Mint(ISSUER, Locked(), clinic.ledger)
    with pytest.raises(Unavailable), clinic.store.write() as tx:
        issue_for_grant(tx, locked, grant=grant, client_id=client.id, audience=EHR, jkt=None)
    let_go(clinic, locked, client, issued.text)
    assert withdraw_tokens(clinic.store, clinic.ledger, clinic.clinician.person, grant.id) == 1
    assert not works(clinic, mint, issued)
    assert not works(clinic, mint, other)


def test_what_cannot_be_signed_leaves_nothing_behind(
    clinic: Clinic, client: Client, grant: Grant, keys: KeysInMemory
) -> None:
    """No row and no entry of a token that nobody has."""

    class Locked(KeysInMemory):
        def current(self):
            raise Unavailable("The key service does not answer.")

    with pytest.raises(Unavailable), clinic.store.write() as tx:
        issue_for_grant(
            tx,
            Mint(ISSUER, Locked(), clinic.ledger),
            grant=grant,
            client_id=client.id,
            audience=EHR,
            jkt=None,
        )
    with clinic.store.read() as reader:
        assert reader.all(select(access_tokens.c.jti)) == []
    assert clinic.entries("token.issued") == []


def test_the_holder_withdraws_every_token_and_keeps_the_grant(
    clinic: Clinic, mint: Mint, granted: Granted, issued_for: Issue
) -> None:
    """All of this grant, none of another; and a new one can be asked for."""
    first, second = granted(), granted()
    ended, kept = [issued_for(first) for _ in range(3)], issued_for(second)
    assert withdraw_tokens(clinic.store, clinic.ledger, clinic.clinician.person, first.id) == 3
    assert [works(clinic, mint, each) for each in ended] == [False] * 3
    assert works(clinic, mint, kept)
    assert works(clinic, mint, issued_for(first))
    assert clinic.entries("token.revoked")[-1].facts["why"] == "withdrawn"


def test_who_may_end_the_access_may_withdraw_its_tokens_and_nobody_else(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue
) -> None:
    """An approver, a reviewer, an administrator; another clinician does not even learn that it is there."""
    stranger = clinic.join("stranger")
    issued = issued_for(grant)
    with pytest.raises(NotFound):
        withdraw_tokens(clinic.store, clinic.ledger, stranger.person, grant.id)
    assert works(clinic, mint, issued)
    for member in (clinic.approver, clinic.reviewer, clinic.admin):
        issued = issued_for(grant)
        withdraw_tokens(clinic.store, clinic.ledger, member.person, grant.id)
        assert not works(clinic, mint, issued)
    assert withdraw_tokens(clinic.store, clinic.ledger, clinic.admin.person, grant.id) == 0


def test_more_tokens_than_an_entry_holds_are_all_taken_back(
    clinic: Clinic, grant: Grant, issued_for: Issue
) -> None:
    """Many tokens of one grant are named in several entries, and each is named once."""
    issued = {issued_for(grant).token.jti for _ in range(120)}
    assert withdraw_tokens(clinic.store, clinic.ledger, clinic.clinician.person, grant.id) == 120
    assert [len(entry.facts["tokens"]) for entry in clinic.entries("token.revoked")] == [50, 50, 20]
    named = [jti for entry in clinic.entries("token.revoked") for jti in entry.facts["tokens"]]
    assert (set(named), len(named)) == (issued, 120)


def test_two_who_take_back_at_once_write_it_down_once(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue
) -> None:
    """A race of eight: one entry, no error, dead."""
    issued, ready = issued_for(grant), Barrier(8)

    def act() -> None:
        ready.wait()
        with clinic.store.write() as tx:
            revoke_by_id(tx, mint, issued.token.jti, actor="broker", why="test")

    threads = [Thread(target=act) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(clinic.entries("token.revoked")) == 1
    assert not works(clinic, mint, issued)


def test_a_grant_that_ends_while_a_token_is_asked_for_leaves_no_live_token(
    clinic: Clinic, mint: Mint, granted: Granted, issued_for: Issue
) -> None:
    """Whichever of the two commits first, nothing works afterwards."""
    for _ in range(5):
        grant, ready = granted(), Barrier(2)
        got: list[Issued] = []

        def ask(grant: Grant = grant, ready: Barrier = ready, got: list[Issued] = got) -> None:
            ready.wait()
            try:
                got.append(issued_for(grant))
            except Conflict:
                return

        asking = Thread(target=ask)
        asking.start()
        ready.wait()
        clinic.end(grant.id)
        asking.join()
        assert not any(works(clinic, mint, each) for each in got)


def test_the_page_lists_what_is_out(
    clinic: Clinic, mint: Mint, client: Client, grant: Grant, issued_for: Issue
) -> None:
    """By the software's name, bound ones apart; neither what was let go of nor what is over."""
    issued_for(grant)
    clinic.clock.advance(minutes=2)
    gone, bearer, bound = issued_for(grant), issued_for(grant), issued_for(grant, jkt="k" * 43)
    let_go(clinic, mint, client, gone.text)
    until = bound.token.expires_at
    clinic.clock.advance(minutes=3)
    with clinic.store.read() as reader:
        out = tokens_out(reader, grant.id)
    assert bearer.token.expires_at == until
    assert out == [TokensOut("Ward app", False, 1, until), TokensOut("Ward app", True, 1, until)]


def test_the_page_lists_nothing_of_software_that_was_switched_off(
    clinic: Clinic, client: Client, grant: Grant, issued_for: Issue
) -> None:
    """Its tokens are dead, whether or not anything marked each of them."""
    issued_for(grant)
    with clinic.store.write() as tx:
        disable_client(tx, clinic.ledger, client.id, actor=clinic.admin.id)
    with clinic.store.read() as reader:
        assert tokens_out(reader, grant.id) == []


@pytest.fixture
def watched(clinic: Clinic) -> Ledger:
    """A ledger that is watched as in the product."""
    return Ledger([end_tokens_of_whoever_is_shut_out])


def test_letting_a_person_in_again_revives_none_of_their_tokens(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue, watched: Ledger
) -> None:
    """Shut out and let in within the life of a token: it stays dead."""
    issued = issued_for(grant)
    for act in (disable, enable):
        with clinic.store.write() as tx:
            act(tx, watched, clinic.clinician.id, actor=clinic.admin.id)
        assert not works(clinic, mint, issued)
    with clinic.store.read() as reader:
        assert get_grant(reader, grant.id).is_effective(reader.at)


def test_letting_a_client_in_again_revives_none_of_its_tokens(
    clinic: Clinic, mint: Mint, client: Client, grant: Grant, issued_for: Issue, watched: Ledger
) -> None:
    """The same for software; another client's token is not touched."""
    other = registered(clinic, name="Other app")
    issued, kept = issued_for(grant), issued_for(grant, client_id=other.id)
    for act in (disable_client, enable_client):
        with clinic.store.write() as tx:
            act(tx, watched, client.id, actor=clinic.admin.id)
        assert not works(clinic, mint, issued)
    assert works(clinic, mint, kept)


def person_token(clinic: Clinic, mint: Mint, client: Client) -> Issued:
    with clinic.store.write() as tx:
        return issue_for_person(
            tx,
            mint,
            person_id=clinic.clinician.id,
            client_id=client.id,
            audience=f"{ISSUER}/api/v1",
            scopes=["requests:read"],
            jkt=None,
            acr="phr",
            amr=["mfa", "pop"],
            auth_time=tx.at,
        )


def test_signing_out_everywhere_signs_software_out_too(
    clinic: Clinic, mint: Mint, client: Client, grant: Grant, issued_for: Issue, watched: Ledger
) -> None:
    """What acts as the person ends; what is of a grant goes on with the grant; one device alone ends neither."""
    with clinic.store.write() as tx:
        clinic.sign_in(tx, clinic.clinician)
        clinic.sign_in(tx, clinic.clinician)
    acting, of_grant = person_token(clinic, mint, client), issued_for(grant)
    with clinic.store.write() as tx:
        keep = clinic.sign_in(tx, clinic.clinician)
        end_all_sessions(
            tx, watched, clinic.clinician.id, actor=clinic.clinician.id, why=Why.SIGNED_OUT, keep=keep
        )
    assert works(clinic, mint, acting)
    with clinic.store.write() as tx:
        end_all_sessions(
            tx, watched, clinic.clinician.id, actor=clinic.clinician.id, why=Why.SIGNED_OUT_EVERYWHERE
        )
    assert (works(clinic, mint, acting), works(clinic, mint, of_grant)) == (False, True)


def test_a_person_s_token_dies_with_the_person(
    clinic: Clinic, mint: Mint, client: Client, watched: Ledger
) -> None:
    """It has no grant to end with, and ends all the same."""
    issued = person_token(clinic, mint, client)
    assert works(clinic, mint, issued)
    with clinic.store.write() as tx:
        tx.execute(
            update(access_tokens)
            .where(access_tokens.c.jti == issued.token.jti)
            .values(person_id="person_nobody")
        )
    assert not works(clinic, mint, issued)
