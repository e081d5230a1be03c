"""Tokens as rows, and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row

from broker.credentials.tokens.access_token import AccessToken
from broker.credentials.tokens.tables import access_tokens
from broker.store import Transaction

COLUMNS = tuple(access_tokens.c)


def insert_token(tx: Transaction, token: AccessToken) -> None:
    values = dict(vars(token))
    for name in ("scopes", "amr", "authorization_details"):
        values[name] = sorted(values[name]) if name == "scopes" else list(values[name])
    tx.execute(access_tokens.insert().values(**values))


def token_of(row: Row[Any]) -> AccessToken:
    """The frozen value of a row that begins with COLUMNS."""
    values = {column.name: value for column, value in zip(COLUMNS, row, strict=False)}
    values["scopes"] = frozenset(values["scopes"])
    values["amr"] = tuple(values["amr"])
    values["authorization_details"] = tuple(values["authorization_details"])
    return AccessToken(**values)
