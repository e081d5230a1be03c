"""Reading a companion's answers strictly: anything half or odd counts as no answer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from broker.adapters.port import (
    BATCH_LIMIT,
    AccountState,
    ActiveLease,
    Answer,
    EventPage,
    Health,
    Observation,
    Outcome,
    SiteEvent,
)
from broker.errors import SiteError

_LONGEST_WORD = 200
_LONGEST_EVENT = 4000
_HASH = re.compile(r"[0-9a-f]{64}\Z")


def read_outcomes(answer: Mapping[str, Any], grants: Sequence[str]) -> dict[str, Outcome]:
    """One outcome for each of ``grants``, in their order, or SiteError with the effect unknown."""
    found = _list(answer, "answers")
    if len(found) != len(grants):
        raise _nonsense()
    return {grant: _outcome(_map(one), grant) for grant, one in zip(grants, found, strict=True)}


def read_observation(answer: Mapping[str, Any]) -> Observation:
    active = [_active(_map(one)) for one in _list(answer, "active")]
    if len({lease.grant for lease in active}) != len(active):
        raise _nonsense()
    accounts = [_account(_map(one)) for one in _list(answer, "accounts")]
    return Observation(
        active={lease.grant: lease for lease in active},
        site_time=_instant(answer, "site_time"),
        mark=_whole(answer, "mark"),
        accounts={one.account: one for one in accounts},
        accounts_left_off=_whole(answer, "accounts_left_off"),
        everyone_frozen=_truth(answer, "frozen"),
    )


def read_events(answer: Mapping[str, Any]) -> EventPage:
    """The page as the site tells it; whether the chain holds is for its reader to find out."""
    head, events = _map(answer.get("head")), _list(answer, "events")
    if len(events) > BATCH_LIMIT:
        raise _nonsense()
    return EventPage([_event(_map(one)) for one in events], _whole(head, "seq"), _hash(head))


def read_readiness(answer: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    found = [_map(one) for one in _list(answer, "accounts")]
    return {_word(one, "account"): _words(one, "problems") for one in found}


def read_effective(answer: Mapping[str, Any]) -> tuple[str, ...]:
    return _words(answer, "permissions")


def read_health(answer: Mapping[str, Any]) -> Health:
    """The companion's own words; sentences are made of them elsewhere."""
    return Health(
        platform_version=_word(answer, "platform"),
        companion_version=_word(answer, "companion"),
        companion_digest=_word(answer, "digest"),
        site_time=_instant(answer, "site_time"),
        words=_words(answer, "problems"),
        keys=_words(answer, "keys"),
        features=_words(answer, "features"),
        mark=_whole(answer, "mark"),
    )


def _outcome(one: Mapping[str, Any], grant: str) -> Outcome:
    # A site that could not read the document cannot say whose it was.
    said, reason = one.get("answer"), _plain(one.get("reason"))
    if (one.get("grant") != grant and one.get("grant") is not None) or said not in list(Answer):
        raise _nonsense()
    answer = Answer(said)
    if (answer is Answer.DONE and (reason or one.get("grant") is None)) or (
        answer is Answer.REFUSED and not reason
    ):
        raise _nonsense()
    return Outcome(answer, reason)


def _active(one: Mapping[str, Any]) -> ActiveLease:
    return ActiveLease(
        _word(one, "grant"), _word(one, "account"), _whole(one, "version"), _instant(one, "expires_at")
    )


def _account(one: Mapping[str, Any]) -> AccountState:
    return AccountState(
        account=_word(one, "account"),
        roles=_words(one, "roles"),
        sessions=_whole(one, "sessions"),
        application_passwords=_whole(one, "application_passwords"),
        api_keys=_whole(one, "api_keys"),
        frozen=_truth(one, "frozen"),
    )


def _event(one: Mapping[str, Any]) -> SiteEvent:
    body = one.get("body")
    if not isinstance(body, str) or len(body) > _LONGEST_EVENT or not body.isascii():
        raise _nonsense()
    return SiteEvent(_whole(one, "seq"), body, _hash(one))


def _hash(one: Mapping[str, Any]) -> str:
    value = _word(one, "hash")
    if not _HASH.match(value):
        raise _nonsense()
    return value


def _list(answer: Mapping[str, Any], name: str) -> list[Any]:
    value = answer.get(name)
    if not isinstance(value, list):
        raise _nonsense()
    return value


def _map(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _nonsense()
    return value


def _word(answer: Mapping[str, Any], name: str) -> str:
    value = _plain(answer.get(name))
    if not value:
        raise _nonsense()
    return value


def _plain(value: Any) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_WORD or not (value.isprintable() or not value):
        raise _nonsense()
    return value


def _words(answer: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(_plain(word) for word in _list(answer, name))


def _truth(answer: Mapping[str, Any], name: str) -> bool:
    value = answer.get(name)
    if not isinstance(value, bool):
        raise _nonsense()
    return value


def _whole(answer: Mapping[str, Any], name: str) -> int:
    value = answer.get(name)
    if type(value) is not int or value < 0:
        raise _nonsense()
    return value


def _instant(answer: Mapping[str, Any], name: str) -> datetime:
    try:
        return datetime.fromtimestamp(_whole(answer, name), UTC)
    except (OverflowError, ValueError, OSError):
        raise _nonsense() from None


def _nonsense() -> SiteError:
    return SiteError(
        "The site's companion answered something the broker does not understand.",
        effect_unknown=True,
        help="Update the companion on the site to the version this broker ships, then run: broker doctor",
    )
