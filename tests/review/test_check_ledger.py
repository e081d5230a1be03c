from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.signing.keys import SigningKey
from broker.ledger.triggers import unguard_statements
from broker.ledger.verifying.faults import Kind
from broker.review.check_ledger import check, standing
from tests.fakes.past import Past

UNGUARD = unguard_statements("sqlite")


@pytest.fixture
def keeper(tmp_path: Path) -> CheckpointKeeper:
    key = SigningKey("broker.test/ledger", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    return CheckpointKeeper(tmp_path / "heads.txt", key)


def spoil(past: Past, *statements: str) -> None:
    """What only the owner of the database can do."""
    with past.store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def test_a_whole_ledger_is_found_whole(past: Past, keeper: CheckpointKeeper) -> None:
    """Every entry is read, and every checkpoint fits."""
    past.broken()
    keeper.keep(past.store)
    checked = check(past.store, keeper)
    assert checked.ok
    assert (checked.report.entries, checked.report.checkpoints) == (len(past.events()), 1)


def test_before_the_first_checkpoint_it_can_be_checked_too(past: Past, keeper: CheckpointKeeper) -> None:
    """Without a heads file the chain itself is still checked, and the standing says that nothing is signed."""
    assert check(past.store, keeper).ok
    stands = standing(past.store, keeper)
    assert stands.signed is None
    assert stands.unsigned == stands.size == len(past.events())


def test_an_edit_is_found_by_its_entry(past: Past, keeper: CheckpointKeeper) -> None:
    """Changing the past is told with the number of the entry."""
    past.broken()
    spoil(
        past,
        "DROP TRIGGER ledger_entries_no_update",
        "UPDATE ledger_entries SET body = replace(body, 'break_glass', 'ordinary') WHERE event = 'request.asked'",
    )
    checked = check(past.store, keeper)
    assert not checked.ok
    assert checked.report.first is not None
    assert checked.report.first.kind is Kind.EDITED_BODY
    assert checked.unguarded == ("ledger_entries_no_update",)


def test_a_lost_guard_alone_is_a_failure(past: Past, keeper: CheckpointKeeper) -> None:
    """A database that would let somebody change the past is told of before they do."""
    spoil(past, "DROP TRIGGER ledger_entries_no_delete")
    checked = check(past.store, keeper)
    assert checked.report.ok
    assert not checked.ok


def test_the_standing_counts_what_is_not_signed_yet(past: Past, keeper: CheckpointKeeper) -> None:
    """The last entry, the last checkpoint and the number between them."""
    keeper.keep(past.store)
    signed = len(past.events())
    past.broken()
    stands = standing(past.store, keeper)
    assert (stands.last_event, stands.size) == (past.events()[-1], len(past.events()))
    assert stands.last_at == past.clock.now()
    assert stands.signed is not None
    assert stands.signed.size == signed
    assert stands.unsigned == len(past.events()) - signed


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE ledger_entries SET body = 'nonsense', event = x'ff' WHERE seq = (SELECT max(seq) FROM ledger_entries)",
        "UPDATE ledger_head SET at = 'yesterday'",
        "UPDATE ledger_head SET seq = 'many'",
        "DELETE FROM ledger_head",
    ],
)
def test_a_damaged_end_does_not_stop_the_one_who_looks(
    past: Past, keeper: CheckpointKeeper, damage: str
) -> None:
    """Where the ledger stands is answered as far as it can be read, and the check says what is wrong."""
    spoil(past, *UNGUARD, damage)
    standing(past.store, keeper)
    assert not check(past.store, keeper).report.ok
