"""What the error pages say when the error itself brings no words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    heading: str
    sentence: str
    next_step: str


WORDS: dict[int | str, Words] = {
    400: Words(
        "This did not arrive in one piece",
        "The broker could not read what your browser sent.",
        "Go back, reload the page and try again.",
    ),
    "foreign host": Words(
        "The broker is not at this address",
        "It answers under the one address its administrator gave it.",
        "Use that address. Administrators set it with BROKER_PUBLIC_URL.",
    ),
    403: Words(
        "You may not do this",
        "Your account does not allow this page or action. Nothing was changed.",
        "If you need it to treat somebody now, start emergency access or call the on-call contact.",
    ),
    404: Words(
        "There is nothing here",
        "This page does not exist, or it is not for you.",
        "Check the address, or begin again on the start page.",
    ),
    405: Words(
        "This address does not work that way",
        "Nothing was changed.",
        "Begin again on the start page and use the buttons there.",
    ),
    409: Words(
        "Something changed in the meantime",
        "What you wanted to do is no longer possible as things stand.",
        "Open the page again to see how things are now.",
    ),
    410: Words(
        "This link does not work any more",
        "It was used already, its time is over, or it was made for somebody else.",
        "Open your access in the broker and ask for a new link there.",
    ),
    413: Words(
        "That is too much",
        "What you sent is larger than the broker takes. Nothing was changed.",
        "Go back and shorten the text.",
    ),
    422: Words(
        "Something needs another look",
        "What you sent cannot be accepted.",
        "Go back and check what you entered.",
    ),
    429: Words(
        "Too many tries",
        "There were too many tries in a short time.",
        "Wait a minute, then try again.",
    ),
    500: Words(
        "The broker made a mistake",
        "This is not your fault. What you were doing may not have been saved.",
        "Try again. Access that is due to end still ends.",
    ),
    503: Words(
        "The broker cannot do this right now",
        "Something it needs does not answer, so nothing was changed.",
        "Try again in a minute. Access that is due to end still ends.",
    ),
    "stale form": Words(
        "This form was open for too long",
        "For your safety it was not sent, and nothing was changed.",
        "Open the form again and send it once more.",
    ),
}
