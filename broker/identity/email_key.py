"""One mailbox, one identity, however its address is spelled."""

from __future__ import annotations

import re
import unicodedata

from broker.errors import Invalid

LONGEST_EMAIL = 254
_PART = r"[^@\s\x00-\x1f\x7f\ud800-\udfff]+"
_SHAPE = re.compile(f"{_PART}@{_PART}")
_DOTS_MEAN_NOTHING = {"gmail.com", "googlemail.com"}


def email_key(email: str) -> str:
    """The same text for every spelling that reaches one mailbox; never fails.

    Whoever may not approve their own request must not be able to do so as
    ``me+again@clinic.example``, so tags, case and look-alike widths are taken out.
    """
    folded = unicodedata.normalize("NFKC", email).strip().casefold()
    local, at, domain = folded.rpartition("@")
    if not at:
        return folded
    mailbox = local.partition("+")[0] or local
    domain = domain.rstrip(".")
    if domain in _DOTS_MEAN_NOTHING:
        mailbox, domain = mailbox.replace(".", ""), "gmail.com"
    return f"{mailbox}@{domain}"


def looks_like_email(text: str) -> bool:
    return len(text) <= LONGEST_EMAIL and _SHAPE.fullmatch(text) is not None


def checked_email(email: str) -> str:
    """The address as it will be shown and written to, or Invalid with a fault for ``email``."""
    stripped = email.strip()
    if not looks_like_email(stripped):
        sentence = "Enter an email address, like name@clinic.example."
        raise Invalid(sentence, {"email": sentence})
    return stripped
