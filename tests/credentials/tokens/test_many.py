"""What is asked at every use costs the same however many tokens there are."""

from __future__ import annotations

from time import perf_counter

from sqlalchemy import event, insert, text

from broker.access.grant import Grant
from broker.clock import SettableClock
from broker.credentials.clients.register import Client
from broker.credentials.tokens.access_token import Mint
from broker.credentials.tokens.introspect import introspect
from broker.credentials.tokens.of_grant import tokens_out
from broker.credentials.tokens.revoke import revoke_text
from broker.credentials.tokens.tables import access_tokens
from broker.credentials.tokens.tombstones import KEPT_PAST_END, forget_tokens
from tests.credentials.tokens.conftest import Issue
from tests.fakes.clinic import Clinic

MANY = 100_000


def fill(clinic: Clinic, like: object, many: int = MANY) -> None:
    """Tokens of a thousand other grants and another client."""
    base = {**vars(like), "scopes": [], "amr": [], "authorization_details": [], "client_id": "client_other"}
    with clinic.store.write() as tx:
        for begin in range(0, many, 10_000):
            rows = [
                {**base, "jti": f"token_{number}", "grant_id": f"grant_{number % 1000}"}
                for number in range(begin, min(many, begin + 10_000))
            ]
            tx.execute(insert(access_tokens), rows)


def test_no_question_walks_through_all_tokens(
    clinic: Clinic, mint: Mint, client: Client, grant: Grant, issued_for: Issue
) -> None:
    """The plan of every statement reaches the tokens by an index."""
    issued = issued_for(grant)
    asked: list[tuple[str, object]] = []

    def note(_conn, _cursor, statement, parameters, _context, _many) -> None:
        if "access_tokens" in statement and not statement.startswith(("INSERT", "EXPLAIN")):
            asked.append((statement, parameters))

    event.listen(clinic.store.engine, "before_cursor_execute", note)
    with clinic.store.read() as reader:
        introspect(reader, mint, client, issued.text)
        tokens_out(reader, grant.id)
    with clinic.store.write() as tx:
        revoke_text(tx, mint, client, issued.text)
    forget_tokens(clinic.store)
    event.remove(clinic.store.engine, "before_cursor_execute", note)
    assert len(asked) >= 5
    if clinic.store.engine.dialect.name == "sqlite":
        with clinic.store.engine.connect() as connection:
            for statement, parameters in asked:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
                assert not any("SCAN access_tokens" in row.detail for row in plan), statement


def test_a_hundred_thousand_tokens_slow_no_answer_down(
    clinic: Clinic, mint: Mint, client: Client, grant: Grant, issued_for: Issue
) -> None:
    """The best of several tries among 100,000 is within three times that among one."""
    issued = issued_for(grant)

    def best() -> float:
        times = []
        for _ in range(30):
            begin = perf_counter()
            with clinic.store.read() as reader:
                assert introspect(reader, mint, client, issued.text)["active"]
            times.append(perf_counter() - begin)
        return min(times)

    alone = best()
    fill(clinic, issued.token)
    with clinic.store.write() as tx:
        assert tx.execute(text("SELECT count(*) FROM access_tokens")).scalar_one() == MANY + 1
    assert best() < 3 * alone


def test_many_that_are_over_are_forgotten_in_small_commits(
    clinic: Clinic, clock: SettableClock, grant: Grant, issued_for: Issue
) -> None:
    """So that no writer waits long while a day's tokens go."""
    fill(clinic, issued_for(grant).token, 2_500)
    clock.advance(seconds=KEPT_PAST_END.total_seconds() + 600)
    commits: list[int] = []

    def note(_connection: object) -> None:
        commits.append(1)

    event.listen(clinic.store.engine, "commit", note)
    assert forget_tokens(clinic.store) == 2_501
    event.remove(clinic.store.engine, "commit", note)
    assert len(commits) == 3
