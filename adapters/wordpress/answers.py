"""Reading a companion's answers strictly: anything half or odd counts as no answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from broker.adapters.port import ActiveLease, Answer, Health, Observation, Outcome
from broker.errors import SiteError

_LONGEST_WORD = 200


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
    return Observation({lease.grant: lease for lease in active}, _instant(answer, "site_time"))


def read_health(answer: Mapping[str, Any]) -> Health:
    """``problems`` are still the companion's words, not sentences."""
    return Health(
        platform_version=_word(answer, "platform"),
        companion_version=_word(answer, "companion"),
        companion_digest=_word(answer, "digest"),
        site_time=_instant(answer, "site_time"),
        problems=tuple(_plain(problem) for problem in _list(answer, "problems")),
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
    version = one.get("version")
    if type(version) is not int:
        raise _nonsense()
    return ActiveLease(_word(one, "grant"), _word(one, "account"), version, _instant(one, "expires_at"))


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


def _instant(answer: Mapping[str, Any], name: str) -> datetime:
    value = answer.get(name)
    if type(value) is not int:
        raise _nonsense()
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, ValueError, OSError):
        raise _nonsense() from None


def _nonsense() -> SiteError:
    return SiteError(
        "The site's companion answered something the broker does not understand.",
        effect_unknown=True,
        help="Update the companion on the site to the version this broker ships, then run: broker doctor",
    )
