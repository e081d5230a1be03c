"""The first part of a backup: which version made it, so that another one says so before it stumbles over the rows."""

from __future__ import annotations

import json

from broker import __version__
from broker.backup.format.member import Member, whole
from broker.errors import Conflict, Invalid
from broker.store.schema import newest_schema

ABOUT = "about.json"
_LONGEST = 4096


def about(schema: str) -> Member:
    return whole(ABOUT, json.dumps({"schema": schema, "version": __version__}).encode())


def refuse_other_schema(member: Member) -> None:
    """Conflict when this version keeps its rows otherwise."""
    try:
        said = json.loads(b"".join(member.chunks)[:_LONGEST])
        schema, version = str(said["schema"]), str(said["version"])
    except (ValueError, KeyError, TypeError) as error:
        raise Invalid("What this backup says of itself cannot be read.", help="Take another one.") from error
    if schema != newest_schema():
        raise Conflict(
            f"This backup is of schema {schema or 'none'}, this version keeps {newest_schema()}.",
            help=f"Use version {version}, then run: broker db upgrade",
        )
