"""How often one caller may ask, counted and told (draft-ietf-httpapi-ratelimit-headers)."""

from __future__ import annotations

from flask import Response

from broker.web.api.frame.call import Who
from broker.web.frame.limits import Rate, limits
from broker.web.parts import parts

POLICY_HEADER, LEFT_HEADER = "RateLimit-Policy", "RateLimit"


def spend(who: Who) -> None:
    """Count one; TooManyRequests once a minute's worth is used up."""
    limits().spend(_rate(), who.counted_as)


def tell(response: Response, who: Who) -> None:
    rate = _rate()
    left, seconds = limits().left(rate, who.counted_as)
    response.headers[POLICY_HEADER] = f'"api";q={rate.a_minute};w=60'
    response.headers[LEFT_HEADER] = f'"api";r={left};t={seconds}'


def _rate() -> Rate:
    return Rate("api", parts().settings.api_calls_a_minute)
