"""``broker audit prove | consistency | receipt | tiles``: what an outsider can check alone."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import select

from broker.access.grant import get_grant
from broker.cli.ledger_place import Place
from broker.errors import Invalid, NotFound, Unavailable
from broker.ledger.checkpoints.checkpoint import Checkpoint
from broker.ledger.checkpoints.keep import CheckpointKeeper
from broker.ledger.exporting.proof_files import write_growth, write_inclusion
from broker.ledger.exporting.receipt import About, receipt_text
from broker.ledger.exporting.tiles import write_tiles
from broker.ledger.grant_receipt import receipt_of
from broker.ledger.merkle.check import ProofRefused, check_inclusion
from broker.ledger.merkle.proofs import consistency_proof, inclusion_proof, root_of
from broker.ledger.signing.keys import load
from broker.ledger.snapshot import snapshot
from broker.ledger.tables import ledger_entries
from broker.ledger.tree_in_database import StoredNodes, nodes_of

_MISFIT = "The ledger does not fit its own checkpoint, so nothing was proved."
_CALL = "Run: broker audit verify. Call security."


@click.command()
@click.argument("seq", type=click.IntRange(min=1))
@click.pass_obj
def prove(place: Place, seq: int) -> None:
    """Print the proof that entry SEQ is in the ledger (c2sp.org/tlog-proof)."""
    note, checkpoint = _last(place)
    if seq > checkpoint.size:
        raise NotFound(
            f"Entry {seq} is under no checkpoint: the last counts {checkpoint.size} entries.",
            help="Sign one first: broker audit checkpoint",
        )
    with place.store.read() as reader:
        row = reader.one_or_none(select(ledger_entries.c.body, ledger_entries.c.digest).filter_by(seq=seq))
        proof = inclusion_proof(nodes_of(reader), seq - 1, checkpoint.size)
    try:
        leaf = bytes.fromhex(row.digest) if row else b""
        check_inclusion(leaf, seq - 1, checkpoint.size, proof, checkpoint.root)
    except (ProofRefused, ValueError) as error:
        raise Unavailable(_MISFIT, help=_CALL) from error
    if row:
        click.echo(write_inclusion(row.body.encode(), seq - 1, proof, note), nl=False)


@click.command()
@click.argument("old", type=click.IntRange(min=1))
@click.pass_obj
def consistency(place: Place, old: int) -> None:
    """Print the proof that the ledger goes on from its first OLD entries, as a witness would be sent it."""
    note, checkpoint = _last(place)
    if old > checkpoint.size:
        raise Invalid(f"The last checkpoint counts {checkpoint.size} entries, fewer than {old}.")
    with place.store.read() as reader:
        nodes = nodes_of(reader)
        proof = consistency_proof(nodes, old, checkpoint.size)
        if root_of(nodes, checkpoint.size) != checkpoint.root:
            raise Unavailable(_MISFIT, help=_CALL)
    click.echo(write_growth(old, proof, note), nl=False)


@click.command()
@click.argument("grant")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def receipt(place: Place, grant: str, file: Path) -> None:
    """Write the receipt of a GRANT into FILE: its entries, and the proof that they are in the ledger."""
    with place.store.read() as reader:
        about = About(grant, get_grant(reader, grant).request_id)
    made = receipt_of(place.store, _keeper(place), about)
    try:
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(receipt_text(made))
    except OSError as error:
        raise Invalid(f"{file} cannot be written: {error.strerror}.", help="Name another file.") from error
    click.echo(f"{len(made['entries'])} entries are proved, {len(made['later'])} are not yet: {file}")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def tiles(place: Place, folder: Path) -> None:
    """Write the ledger into FOLDER as other transparency logs publish theirs (c2sp.org/tlog-tiles).

    Run it again to add what is new: whole tiles are never written twice. The
    entries themselves are in it, so keep it as you keep an export.
    """
    note, checkpoint = _last(place)
    with snapshot(place.store) as look:
        nodes = StoredNodes(look.connection)
        if root_of(nodes, checkpoint.size) != checkpoint.root:
            raise Unavailable(_MISFIT, help=_CALL)
        written = write_tiles(folder, note, checkpoint.size, nodes, look.entries)
    click.echo(f"{checkpoint.size:,} entries are in {folder}; {written:,} files were added.")


def _keeper(place: Place) -> CheckpointKeeper:
    return CheckpointKeeper(place.ledger_heads_path, load(place.ledger_key_path))


def _last(place: Place) -> tuple[str, Checkpoint]:
    last = _keeper(place).last()
    if last is None:
        raise NotFound("The ledger has no checkpoint yet.", help="Sign one first: broker audit checkpoint")
    return last
