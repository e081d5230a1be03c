"""A token works while everything behind it stands, and not an instant longer."""

from __future__ import annotations

from sqlalchemy import delete, update

from broker.access.grant import Cause, Grant
from broker.access.tables import grants
from broker.access.take_back import end
from broker.credentials.clients.register import Client, disable_client
from broker.credentials.tokens.access_token import AccessToken, Mint
from broker.credentials.tokens.check import live_token
from broker.credentials.tokens.tables import access_tokens
from broker.identity.disable import disable, enable
from broker.store.ended_elsewhere import Ended
from tests.credentials.tokens.conftest import EHR, OTHER, Granted, Issue
from tests.fakes.clinic import Clinic
from tests.fakes.signing_keys import KeysInMemory


def live(clinic: Clinic, mint: Mint, text: str, audience: str | None = None) -> AccessToken | None:
    with clinic.store.read() as reader:
        return live_token(reader, mint, text, audience=audience)


def test_a_live_token_is_what_was_issued(clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue) -> None:
    """The answer is the very value that was issued."""
    issued = issued_for(grant, jkt="k" * 43, actor="client_of_the_ehr")
    assert live(clinic, mint, issued.text) == issued.token == live(clinic, mint, issued.text, EHR)


def test_a_token_is_dead_elsewhere(clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue) -> None:
    """Whoever asks for another audience is told nothing."""
    text = issued_for(grant).text
    for audience in (OTHER, EHR + "/", ""):
        assert live(clinic, mint, text, audience) is None


def test_a_token_is_over_at_its_end_without_leeway(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue
) -> None:
    """One microsecond before exp it works, at exp it does not."""
    issued = issued_for(grant)
    left = issued.token.expires_at - clinic.clock.now()
    clinic.clock.advance(seconds=left.total_seconds(), microseconds=-1)
    assert live(clinic, mint, issued.text)
    clinic.clock.advance(microseconds=1)
    assert live(clinic, mint, issued.text) is None


def test_a_clock_set_back_revives_no_token(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue
) -> None:
    """An hour or a year back: what was over stays over."""
    issued = issued_for(grant)
    clinic.clock.advance(minutes=6)
    for hours in (1, 24 * 365):
        clinic.clock.advance(hours=-hours)
        assert live(clinic, mint, issued.text) is None


def test_the_end_of_a_grant_ends_its_tokens_in_the_same_instant(
    clinic: Clinic, mint: Mint, granted: Granted, issued_for: Issue
) -> None:
    """Handed back, ended by security or expired without a sweep: dead at once; another grant's token lives."""
    for cause in (Cause.HANDED_BACK, Cause.ENDED_BY_SECURITY):
        first, second = granted(), granted()
        ended, going_on = issued_for(first), issued_for(second)
        end(clinic.equipment, first.id, cause, actor=clinic.clinician.id)
        assert live(clinic, mint, ended.text) is None
        assert live(clinic, mint, going_on.text)


def test_a_grant_cut_short_cuts_its_tokens(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue
) -> None:
    """The grant's row is asked, not a copy of it made when the token was issued."""
    issued = issued_for(grant)
    with clinic.store.write() as tx:
        tx.execute(update(grants).where(grants.c.id == grant.id).values(expires_at=tx.at))
    assert live(clinic, mint, issued.text) is None


def test_who_was_shut_out_has_no_token(clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue) -> None:
    """From the commit that shut them out; coming back within its life revives it, for nothing else ended it."""
    issued = issued_for(grant)
    with clinic.store.write() as tx:
        disable(tx, clinic.ledger, clinic.clinician.id, actor=clinic.admin.id)
    assert live(clinic, mint, issued.text) is None
    with clinic.store.write() as tx:
        enable(tx, clinic.ledger, clinic.clinician.id, actor=clinic.admin.id)
    assert live(clinic, mint, issued.text)


def test_a_client_switched_off_has_no_token(
    clinic: Clinic, mint: Mint, client: Client, grant: Grant, issued_for: Issue
) -> None:
    """Every token that software holds is dead with it."""
    issued = issued_for(grant)
    with clinic.store.write() as tx:
        disable_client(tx, clinic.ledger, client.id, actor=clinic.admin.id)
    assert live(clinic, mint, issued.text) is None


def test_a_token_outlives_the_change_of_keys_and_not_the_withdrawal_of_its_own(
    clinic: Clinic, mint: Mint, keys: KeysInMemory, grant: Grant, issued_for: Issue
) -> None:
    """Signed by an old key that is still published it is good; signed by one withdrawn it is nothing."""
    issued = issued_for(grant)
    keys.rotate()
    assert live(clinic, mint, issued.text)
    keys.withdraw_oldest()
    assert live(clinic, mint, issued.text) is None


def test_a_row_that_is_gone_is_no_token(clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue) -> None:
    """A signature alone opens nothing."""
    issued = issued_for(grant)
    with clinic.store.write() as tx:
        tx.execute(delete(access_tokens))
    assert live(clinic, mint, issued.text) is None


def test_a_token_is_dead_once_its_grant_ended_without_the_database(
    clinic: Clinic, mint: Mint, grant: Grant, issued_for: Issue
) -> None:
    """What could not be written down counts all the same; another grant's token lives on."""
    text = issued_for(grant).text
    clinic.store.ended = lambda: {"grant_of_another": Ended(clinic.clock.now(), "handed_back")}
    assert live(clinic, mint, text)
    clinic.store.ended = lambda: {grant.id: Ended(clinic.clock.now(), "handed_back")}
    assert live(clinic, mint, text) is None
