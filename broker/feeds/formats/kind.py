"""What kind of step an entry can be, in the few words every format needs: family, action, how it went, how loud."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Family(StrEnum):
    ACCESS = "access"
    RECORD = "record"
    SIGN_IN = "sign_in"
    ACCOUNT = "account"
    CONFIGURATION = "configuration"


class Action(StrEnum):
    """As FHIR and DICOM write them."""

    CREATE = "C"
    READ = "R"
    UPDATE = "U"
    DELETE = "D"
    EXECUTE = "E"


class Loudness(IntEnum):
    """The severities of RFC 5424 that a ledger's step can have."""

    ALERT = 1
    ERROR = 3
    WARNING = 4
    NOTICE = 5
    INFORMATIONAL = 6


@dataclass(frozen=True)
class Kind:
    """``failed``: what was tried did not come about. ``title`` names nobody."""

    family: Family
    action: Action
    title: str
    loudness: Loudness = Loudness.INFORMATIONAL
    failed: bool = False
