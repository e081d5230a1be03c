"""Puts recordings and records away sealed, and opens them again."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import BinaryIO

from broker.errors import NotFound
from broker.key_encryption.wrapping import KeyEncryptionKey, WrongWrapping
from broker.ledger.chain import Ledger
from broker.ledger.entry import Entry
from broker.patients.holdings import Holding, HoldingKind, add_holding, new_holding_id
from broker.store import Reader, Store, Transaction
from broker.vault.cipher import encrypt
from broker.vault.keys import context_of, new_data_key
from broker.vault.layout import SealBroken
from broker.vault.objects import VaultObject, add_object, find_object
from broker.vault.reader import EncryptedReader
from broker.vault.storage import Storage


@dataclass(frozen=True)
class Shelf:
    """The keys and the storage that belong together."""

    keys: KeyEncryptionKey
    storage: Storage

    def add_recording(
        self,
        store: Store,
        ledger: Ledger,
        *,
        actor: str,
        patient_id: str,
        title: str,
        media_type: str,
        source: BinaryIO,
    ) -> Holding:
        """Seal ``source`` (seekable) and put it on the patient's list. ``title`` holds no patient data."""
        return self.add(
            store,
            ledger,
            kind=HoldingKind.RECORDING,
            actor=actor,
            patient_id=patient_id,
            title=title,
            media_type=media_type,
            source=source,
        )

    def add(
        self,
        store: Store,
        ledger: Ledger,
        *,
        kind: HoldingKind,
        actor: str,
        patient_id: str,
        title: str,
        media_type: str,
        source: BinaryIO,
    ) -> Holding:
        # The file is written before the transaction, so that no lock waits for a disk. A sealed
        # file without its row is noise nobody can open; a row without its file must never be.
        item = self._seal(kind, media_type, source)
        with store.write() as tx:
            try:
                holding = Holding(item.holding_id, patient_id, kind, title, media_type, tx.at)
                return _shelve(tx, ledger, actor, add_holding(tx, holding), item)
            except BaseException:
                self.storage.delete(item.holding_id)
                raise

    def open_holding(self, reader: Reader, holding_id: str) -> EncryptedReader:
        """The plaintext of a recording or record. NotFound when there is none, SealBroken when it was touched."""
        item = find_object(reader, holding_id)
        if item is None:
            raise NotFound("There is nothing stored under that id.")
        return self.open(item)

    def open(self, item: VaultObject) -> EncryptedReader:
        try:
            data_key = self.keys.unwrap(item.wrapped, context_of(item.holding_id))
        except WrongWrapping as error:
            raise SealBroken from error
        sealed = self.storage.open(item.holding_id)
        try:
            opened = EncryptedReader(sealed, data_key=data_key, holding_id=item.holding_id)
            _prove_same(opened, item)
        except BaseException:
            sealed.close()
            raise
        return opened

    def _seal(self, kind: HoldingKind, media_type: str, source: BinaryIO) -> VaultObject:
        holding_id, data_key = new_holding_id(kind), new_data_key()
        length = _bytes_left(source)
        with self.storage.put(holding_id) as sink:
            header = encrypt(source, sink, length=length, holding_id=holding_id, data_key=data_key)
        wrapped = self.keys.wrap(data_key, context_of(holding_id))
        return VaultObject(holding_id, length, media_type, _digest(header.packed()), wrapped)


def _shelve(tx: Transaction, ledger: Ledger, actor: str, holding: Holding, item: VaultObject) -> Holding:
    add_object(tx, item)
    facts = {
        "holding": holding.id,
        "patient": holding.patient_id,
        "bytes": item.size,
        "header_sha256": item.header_sha256,
        "key": item.wrapped.key_id,
    }
    ledger.append(tx, Entry(f"{holding.kind}.added", actor, facts=facts))
    return holding


def _prove_same(opened: EncryptedReader, item: VaultObject) -> None:
    # A file put away earlier under the same id would open too; only its header's digest differs.
    if _digest(opened.header_bytes) != item.header_sha256:
        raise SealBroken


def _bytes_left(source: BinaryIO) -> int:
    start = source.tell()
    end = source.seek(0, os.SEEK_END)
    source.seek(start)
    return end - start


def _digest(header: bytes) -> str:
    return hashlib.sha256(header).hexdigest()
