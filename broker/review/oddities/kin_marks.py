"""Shared surnames and addresses, noticed without keeping either: both sides are kept as keyed marks alone."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, func, insert, select

from broker.identity.tables import people
from broker.review.oddities.tables import kin_marks
from broker.store import Reader, Transaction

_BATCH = 500


class KinKind(StrEnum):
    SURNAME = "surname"
    ADDRESS = "address"


@dataclass(frozen=True)
class KinMarks:
    """``key`` is 32 bytes; whoever lacks it cannot try names against the marks."""

    key: bytes

    def put(self, tx: Transaction, about: str, said: Iterable[tuple[KinKind, str]]) -> int:
        """What is known of one person or patient from now on, in place of what was; how many marks."""
        tx.execute(delete(kin_marks).where(kin_marks.c.about == about))
        marks = {(kind, mark) for kind, text in said if (mark := self._mark(kind, text))}
        rows = [{"about": about, "kind": kind, "mark": mark} for kind, mark in sorted(marks)]
        if rows:
            tx.execute(insert(kin_marks), rows)
        return len(rows)

    def shared(self, reader: Reader, pairs: Collection[tuple[str, str]]) -> frozenset[tuple[str, str, str]]:
        """Which of these pairs of a person and a patient share what: (person, patient, kind)."""
        if not pairs or not known(reader):
            return frozenset()
        theirs = self._of_people(reader, {person for person, _ in pairs})
        marks = _marks(reader, {patient for _, patient in pairs})
        return frozenset(
            (person, patient, kind)
            for person, patient in pairs
            for kind, mark in marks.get(patient, ())
            if (kind, mark) in theirs.get(person, ())
        )

    def _of_people(self, reader: Reader, ids: set[str]) -> dict[str, set[tuple[str, str]]]:
        """What was imported of them, and the last of their names, which the broker knows anyway."""
        found = _marks(reader, ids)
        for row in reader.all(select(people.c.id, people.c.name).where(people.c.id.in_(ids))):
            surname = row.name.split()[-1] if row.name.split() else ""
            if mark := self._mark(KinKind.SURNAME, surname):
                found.setdefault(row.id, set()).add((KinKind.SURNAME, mark))
        return found

    def _mark(self, kind: KinKind, text: str) -> str:
        plain = normal(text)
        return hmac.digest(self.key, f"{kind}\0{plain}".encode(), hashlib.sha256).hex() if plain else ""


def known(reader: Reader) -> int:
    """Of how many people and patients something was imported."""
    counted = select(func.count(func.distinct(kin_marks.c.about)))
    return int(reader.execute(counted).scalar_one())


def normal(text: str) -> str:
    """One spelling: without case, accents, punctuation and double spaces."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in decomposed if not unicodedata.combining(each))
    return " ".join(re.sub(r"[\W_]+", " ", plain).split())


def _marks(reader: Reader, ids: set[str]) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    ordered = sorted(ids)
    for begin in range(0, len(ordered), _BATCH):
        mine = kin_marks.c.about.in_(ordered[begin : begin + _BATCH])
        for row in reader.all(select(kin_marks).where(mine)):
            found.setdefault(row.about, set()).add((row.kind, row.mark))
    return found
