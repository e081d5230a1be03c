"""How long a key is made known, signs, and is believed."""

from __future__ import annotations

from datetime import timedelta

JWKS_LIFETIME = timedelta(minutes=5)
"""How long whoever checks tokens may keep the published keys: ``max-age`` of their document."""

PUBLISHED_AHEAD = 2 * JWKS_LIFETIME
"""A key signs no earlier than this after it was published, so that every checker has asked again by then."""

LONGEST_LIFE = timedelta(minutes=10)
"""No token and no link that a key signs lives longer."""

BELIEVED_AFTER = LONGEST_LIFE + timedelta(minutes=5)
"""An old key stays published this long: other processes go on signing by it for some seconds, and clocks differ."""
