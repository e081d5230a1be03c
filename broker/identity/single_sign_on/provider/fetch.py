"""Asks the provider for one JSON document, at exactly the addresses that were checked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import requests

from broker.adapters.pinned import pinned_session
from broker.errors import SiteError
from broker.identity.single_sign_on.refused import ProviderSilent

Fetch = Callable[[str, str], dict[str, Any]]
# Seconds to connect, and between two bytes.
PATIENCE = (4, 8)
LARGEST = 1024 * 1024


def fetcher(*, allow_private: bool) -> Fetch:
    """Answers ``fetch(url, bearer)``; raises ProviderSilent for everything but a JSON object."""

    def fetch(url: str, bearer: str = "") -> dict[str, Any]:
        headers = {"Accept": "application/json", **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        try:
            with pinned_session(allow_private=allow_private) as session:
                return _read(
                    session.get(url, headers=headers, timeout=PATIENCE, allow_redirects=False, stream=True)
                )
        except (requests.RequestException, SiteError, ValueError) as error:
            raise ProviderSilent(type(error).__name__) from error

    return fetch


def _read(answer: requests.Response) -> dict[str, Any]:
    with answer:
        if answer.status_code != requests.codes.ok:
            raise ProviderSilent(f"status {answer.status_code}")
        body = b""
        for piece in answer.iter_content(16 * 1024):
            body += piece
            if len(body) > LARGEST:
                raise ProviderSilent("too large")
    found = json.loads(body)
    if not isinstance(found, dict):
        raise ProviderSilent("no JSON object")
    return found
