"""C2SP signed notes: text, an empty line, signature lines. See c2sp.org/signed-note."""

from __future__ import annotations

import base64

from broker.errors import Invalid
from broker.ledger.signing.keys import PublicKey, SigningKey, decoded

MARK = "\N{EM DASH} "
MAX_SIGNATURES = 100
_KEY_ID_LENGTH = 4


def sign_note(text: str, key: SigningKey) -> str:
    """``text`` (ending in a newline) with the signature of ``key`` under it."""
    signature = base64.b64encode(key.public.id + key.sign(text.encode())).decode()
    return f"{text}\n{MARK}{key.name} {signature}\n"


def open_note(note: str, key: PublicKey) -> str:
    """The text of ``note``, once the signature of ``key`` on it was checked.

    Signatures of other keys, a witness's say, are passed over. Raises Invalid
    for a malformed note, and when the key's signature is missing, doubled or wrong.
    """
    text, signatures = signatures_of(note)
    known = [signature for name, key_id, signature in signatures if (name, key_id) == (key.name, key.id)]
    if not known:
        raise Invalid("It does not carry the signature of the ledger's key.")
    if not all(key.signed(signature, text.encode()) for signature in known):
        raise Invalid("Its signature is wrong: the text was changed, or another key signed it.")
    if len(known) > 1:
        raise Invalid("It carries the ledger's signature twice, which the ledger never writes.")
    return text


def signatures_of(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """The text, and each signature's name, key id and bytes; nothing is checked but the form. Raises Invalid."""
    text, gap, block = note.rpartition("\n\n")
    lines = block.split("\n")
    if not gap or not text or lines.pop() or not lines or len(lines) > MAX_SIGNATURES:
        raise Invalid("It is not a signed note.")
    if any(sign < " " and sign != "\n" for sign in note):
        raise Invalid("It is not a signed note: it holds control characters.")
    return text + "\n", [_signature(line) for line in lines]


def with_signature(note: str, line: str) -> str:
    """``note`` with one more signature line, such as a witness's, under those it has; a line it has already adds nothing.

    Raises Invalid for a malformed note or line, and when the note can carry no more. No signature is checked.
    """
    line = line.removesuffix("\n")
    _text, signatures = signatures_of(note)
    if "\n" in line:
        raise Invalid("It is not one signature line.")
    if _signature(line) in signatures:
        return note
    longer = f"{note}{line}\n"
    signatures_of(longer)
    return longer


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, space, encoded = line.removeprefix(MARK).partition(" ")
    try:
        blob = decoded(encoded)
    except ValueError:
        blob = b""
    if not line.startswith(MARK) or not name or not space or len(blob) <= _KEY_ID_LENGTH:
        raise Invalid("It is not a signed note: a signature line is malformed.")
    return name, blob[:_KEY_ID_LENGTH], blob[_KEY_ID_LENGTH:]
