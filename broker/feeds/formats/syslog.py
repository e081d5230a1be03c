"""RFC 5424 syslog messages, and how they stand on a stream (RFC 5425, RFC 6587)."""

from __future__ import annotations

from datetime import UTC, datetime

from broker.feeds.formats.about import NOTHING, About, Teller, occurred, patient_of, plain_facts
from broker.feeds.formats.event_id import event_id
from broker.feeds.formats.kind import Kind
from broker.feeds.formats.kinds import kind_of
from broker.feeds.formats.one_line import one_line
from broker.ledger.entry import Recorded

AUDIT = 13  # the facility "log audit"
APP_NAME = "emergency-access-broker"
# RFC 5612 keeps this number for those who have none of their own.
ENTERPRISE = 32473
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What every receiver of RFC 5425 should take; more is cut by some, and then it is no JSON any more.
LARGEST = 8192
_LONGEST_HOST, _LONGEST_ID, _LONGEST_NAME = 255, 32, 32
_FACTS_LEFT_OUT = ("factsLeftOut", "too long for one message")


def syslog_message(
    recorded: Recorded,
    about: About = NOTHING,
    *,
    teller: Teller,
    body: str = "",
    enterprise: int = ENTERPRISE,
) -> str:
    """Header, structured data and ``body`` (the step in words when there is none). Without framing, one line.

    The facts stand among the structured data as far as LARGEST allows; what does not fit is said to be left out.
    """
    kind = kind_of(recorded)
    head = f"<{AUDIT * 8 + kind.loudness}>1 {_time(recorded.at)} {_host(teller)} {APP_NAME} - {_id(recorded)}"
    said = _body(body or kind.title)
    own = _own(recorded, about, teller, kind)
    for facts in (_facts(recorded) if not body else [], [_FACTS_LEFT_OUT]):
        message = f"{head} {_structured(recorded, [*own, *facts], enterprise)} {said}"
        if len(message.encode()) <= LARGEST:
            break
    return message


def framed(message: str) -> bytes:
    """The message as it stands on a stream: its length in octets, a blank, itself."""
    octets = message.encode()
    return b"%d %s" % (len(octets), octets)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _host(teller: Teller) -> str:
    return _plain(teller.host)[:_LONGEST_HOST] or "-"


def _id(recorded: Recorded) -> str:
    return _plain(recorded.entry.event)[:_LONGEST_ID] or "-"


def _plain(text: str) -> str:
    return "".join(each for each in text if "!" <= each <= "~")


def _body(text: str) -> str:
    """Whoever reads UTF-8 is told so by a byte order mark; plain ASCII needs none."""
    line = one_line(text)
    return line if line.isascii() else BOM + line


def _own(recorded: Recorded, about: About, teller: Teller, kind: Kind) -> list[tuple[str, str]]:
    entry = recorded.entry
    told = (
        ("id", event_id(recorded, teller)),
        ("seq", str(recorded.seq)),
        ("digest", recorded.digest),
        ("event", entry.event),
        ("occurred", _time(at) if (at := occurred(recorded)) else None),
        ("family", kind.family.value),
        ("outcome", "failure" if kind.failed else "success"),
        ("actor", entry.actor),
        ("request", entry.request),
        ("grant", entry.grant),
        ("person", about.holder or entry.subject),
        ("approvers", " ".join(about.approvers)),
        ("patient", about.patient_ref or patient_of(recorded, about)),
        ("path", about.path),
        ("emergency", "true" if about.emergency else None),
        ("purpose", about.purpose),
        ("reason", about.reason),
        ("entitlement", about.entitlement),
        ("site", about.site),
    )
    return [(name, value) for name, value in told if value]


def _facts(recorded: Recorded) -> list[tuple[str, str]]:
    found = ((f"fact.{name}", text) for name, text in plain_facts(recorded))
    return [(_name(name), text) for name, text in found]


def _name(name: str) -> str:
    return "".join(each for each in _plain(name) if each not in '="]')[:_LONGEST_NAME]


def _structured(recorded: Recorded, told: list[tuple[str, str]], enterprise: int) -> str:
    # sequenceId begins again at 1 where its range ends.
    counted = f'[meta sequenceId="{(recorded.seq - 1) % (2**31 - 1) + 1}"]'
    once = dict(reversed(told))  # a name stands once; two long ones may have been cut to the same
    words = " ".join(f'{name}="{_quoted(once[name])}"' for name in dict.fromkeys(name for name, _ in told))
    return f"[broker@{enterprise} {words}]{counted}"


def _quoted(text: str) -> str:
    line = one_line(text)
    return line.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")
