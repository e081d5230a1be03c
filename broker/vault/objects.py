"""The rows behind sealed files: which key opens each, and which file is the right one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, update

from broker.key_encryption.wrapping import WrappedKey
from broker.store import Reader, Transaction
from broker.vault.tables import vault_objects


@dataclass(frozen=True)
class VaultObject:
    """One sealed file. ``size`` counts plaintext bytes; ``header_sha256`` tells it from any other version."""

    holding_id: str
    size: int
    media_type: str
    header_sha256: str
    wrapped: WrappedKey

    @property
    def etag(self) -> str:
        """A strong validator, unquoted: the same bytes for as long as it is the same."""
        return self.header_sha256[:32]


def find_object(reader: Reader, holding_id: str) -> VaultObject | None:
    row = reader.one_or_none(_BY_HOLDING, {"holding": holding_id})
    return None if row is None else _object(row)


def objects_not_under(reader: Reader, key_id: str, *, after: str, most: int) -> tuple[VaultObject, ...]:
    """Up to ``most`` files, by id from ``after``, whose data key another key than ``key_id`` wraps."""
    query = (
        select(vault_objects)
        .where(vault_objects.c.key_id != key_id, vault_objects.c.holding_id > after)
        .order_by(vault_objects.c.holding_id)
        .limit(most)
    )
    return tuple(_object(row) for row in reader.all(query))


def count_by_key(reader: Reader) -> dict[str, int]:
    """How many files each key-encryption key wraps the key of."""
    query = select(vault_objects.c.key_id, func.count().label("held")).group_by(vault_objects.c.key_id)
    return {row.key_id: row.held for row in reader.all(query)}


def add_object(tx: Transaction, item: VaultObject) -> None:
    tx.execute(
        insert(vault_objects).values(
            holding_id=item.holding_id,
            size=item.size,
            media_type=item.media_type,
            header_sha256=item.header_sha256,
            key_id=item.wrapped.key_id,
            wrapped_key=item.wrapped.blob,
            wrapped_at=tx.at,
        )
    )


def replace_wrapping(tx: Transaction, item: VaultObject, wrapped: WrappedKey) -> bool:
    """Put ``wrapped`` in the place of ``item``'s wrapped key; False if somebody else did so first."""
    changed = tx.execute(
        update(vault_objects)
        .where(
            vault_objects.c.holding_id == item.holding_id, vault_objects.c.wrapped_key == item.wrapped.blob
        )
        .values(key_id=wrapped.key_id, wrapped_key=wrapped.blob, wrapped_at=tx.at)
    )
    return changed.rowcount == 1


_BY_HOLDING = select(vault_objects).where(vault_objects.c.holding_id == bindparam("holding"))


def _object(row: Row[Any]) -> VaultObject:
    wrapped = WrappedKey(row.key_id, bytes(row.wrapped_key))
    return VaultObject(row.holding_id, row.size, row.media_type, row.header_sha256, wrapped)
