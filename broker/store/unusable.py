"""Which of a database's complaints mean that it cannot be used now, and which that the broker asked wrongly."""

from __future__ import annotations

from sqlalchemy.exc import DatabaseError, DBAPIError, InternalError, OperationalError


def is_unusable(error: DBAPIError) -> bool:
    """Locked, full, gone, damaged or not a database at all."""
    # SQLite tells of a damaged file with the class that all others of these are kinds of.
    damaged = type(error) is DatabaseError or isinstance(error, InternalError)
    return damaged or isinstance(error, OperationalError) or error.connection_invalidated
