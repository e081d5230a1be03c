"""What holds for every grant, every lifetime and every instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from broker.credentials.tokens.access_token import AccessToken
from broker.credentials.tokens.claims import claims_of, end_of

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
LENGTHS = st.timedeltas(timedelta(seconds=1), timedelta(minutes=10))


@given(INSTANTS, LENGTHS, st.timedeltas(timedelta(0), timedelta(days=1)))
def test_no_token_is_made_to_outlive_its_grant(now: datetime, lifetime: timedelta, left: timedelta) -> None:
    """exp, as the whole second that stands in the token, is at or before the grant's end and now + lifetime."""
    grant_ends = now + left
    end = end_of(now, lifetime, grant_ends)
    said = int(end.timestamp())
    assert datetime.fromtimestamp(said, UTC) == end <= min(grant_ends, now + lifetime)
    assert min(grant_ends, now + lifetime) - end < timedelta(seconds=1)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


@given(TEXTS, TEXTS, st.frozensets(TEXTS.filter(lambda text: text and " " not in text)), INSTANTS)
def test_what_does_not_apply_is_absent(
    client_id: str, audience: str, scopes: frozenset[str], now: datetime
) -> None:
    """No claim is ever null or empty, whoever reads it."""
    token = AccessToken(
        jti="token_1",
        client_id=client_id,
        audience=audience,
        person_id=None,
        grant_id=None,
        scopes=scopes,
        authorization_details=(),
        acr=None,
        amr=(),
        auth_time=None,
        jkt=None,
        issued_at=now,
        expires_at=now + timedelta(minutes=5),
    )
    claims = claims_of(token, "https://broker.example")
    assert all(value not in (None, "", [], {}) for value in claims.values())
    assert claims.get("scope", "").split(" ") == (sorted(scopes) or [""])
