"""Making one probe as somebody, and seeing whether anything of another patient came back."""

from __future__ import annotations

from typing import Any

import requests

from tests.live.shop.conftest import Counter
from tests.live.shop.probes import Probe


def names(counter: Counter, session: requests.Session) -> dict[str, Any]:
    stock = counter.stock
    return {
        "mine": stock.mine.order,
        "second": stock.second.order,
        "other": stock.other.order,
        "guest": stock.guest.order,
        "mine_note": stock.mine.note,
        "other_note": stock.other.note,
        "mine_refund": stock.mine.refund,
        "other_refund": stock.other.refund,
        "customer": stock.mine.customer,
        "stranger": stock.other.customer,
        "mine_key": stock.mine.key,
        "other_key": stock.other.key,
        "word": stock.other.word,
        "nonce": counter.shop.nonce(session),
    }


def attempt(counter: Counter, session: requests.Session, probe: Probe, **how: Any) -> requests.Response:
    """The answer, redirects not followed."""
    known = names(counter, session)
    path = probe.path.format(**known)
    form = {name: text.format(**known) for name, text in (probe.form or {}).items()}
    if path.startswith("page:"):
        address = counter.shop.url + path.removeprefix("page:")
        return session.request(
            probe.method, address, data=form or None, allow_redirects=False, timeout=30, **how
        )
    return counter.shop.rest(session, probe.method, path, json=probe.json, allow_redirects=False, **how)


def leaked(counter: Counter, answer: requests.Response) -> list[str]:
    """What of others' orders, or of any order's key, stands in the answer though it was not asked with it."""
    told = answer.text + str(answer.headers)
    asked = str(answer.request.url) + str(answer.request.body)
    stock = counter.stock
    secrets = [stock.other.word, stock.guest.word, stock.other.key, stock.guest.key, stock.mine.key]
    return [secret for secret in secrets if secret in told and secret not in asked]
