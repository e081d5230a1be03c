"""Asks the broker whether a token still counts (RFC 7662), so that a revoked grant shows at once."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from broker.verify.json_over_http import Line, NoAnswer
from broker.verify.refused import CannotTell

_MOST = 10_000


class Introspection:
    """``believe_for`` is how long a good answer is taken as said; by default every request is asked about.

    A bad answer is never kept, and no answer opens nothing.
    """

    def __init__(
        self, url: str, *, client_id: str, client_secret: str, believe_for: timedelta = timedelta(0)
    ) -> None:
        """``client_id`` is of a resource server registered at the broker for the token's audience."""
        self._line = Line(url)
        self._client, self._secret = client_id, client_secret
        self._believe_for = believe_for
        self._believed: OrderedDict[str, datetime] = OrderedDict()

    def is_active(self, text: str, claims: Mapping[str, Any], now: datetime) -> bool:
        """Whether the broker says so of this very token; raises :class:`CannotTell`."""
        digest = hashlib.sha256(text.encode()).hexdigest()
        believed = self._believed.get(digest)
        if believed is not None and now - self._believe_for < believed <= now:
            return True
        answer = self._ask(text)
        # Another token's answer, from whatever cache or mistake, says nothing about this one.
        same = all(answer.get(name) == claims.get(name) for name in ("jti", "sub", "exp"))
        if answer.get("active") is not True or not same:
            self._believed.pop(digest, None)
            return False
        if self._believe_for:
            self._keep(digest, now)
        return True

    def _ask(self, text: str) -> dict[str, Any]:
        fields = {"token": text, "token_type_hint": "access_token"}
        try:
            return self._line.post(fields, client=self._client, secret=self._secret)
        except NoAnswer:
            raise CannotTell("introspection_unavailable") from None

    def _keep(self, digest: str, now: datetime) -> None:
        self._believed[digest] = now
        while len(self._believed) > _MOST:
            self._believed.popitem(last=False)
