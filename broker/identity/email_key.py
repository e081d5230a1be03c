"""One mailbox, one identity, however its address is spelled."""

from __future__ import annotations

import re
import unicodedata

from broker.errors import Invalid

LONGEST_EMAIL = 254
_SHAPE = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")
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


def checked_email(email: str) -> str:
    """The address as it will be shown and written to, or Invalid with a fault for ``email``."""
    stripped = email.strip()
    if len(stripped) > LONGEST_EMAIL or not _SHAPE.fullmatch(stripped):
        sentence = "Enter an email address, like name@clinic.example."
        raise Invalid(sentence, {"email": sentence})
    return stripped
