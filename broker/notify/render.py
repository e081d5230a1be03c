"""Writes a mail from its folder of templates: subject, text, HTML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from broker.notify.what_is_said import Words

LONGEST_SUBJECT = 160


@dataclass(frozen=True)
class Letter:
    """``subject`` is one printable line."""

    subject: str
    text: str
    html: str


class LetterTemplates:
    """The folders ``<event>/{subject.txt,body.txt,body.html}`` under ``folder``.

    A word a template uses and is not given is an error, not a gap in a mail.
    """

    def __init__(self, folder: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )

    def write(self, event: str, words: Words) -> Letter:
        """Raises jinja2.TemplateError when the event has no folder or a template wants a word that is not there."""
        return Letter(
            subject=one_line(self._part(event, "subject.txt", words))[:LONGEST_SUBJECT],
            text=self._part(event, "body.txt", words),
            html=self._part(event, "body.html", words),
        )

    def _part(self, event: str, name: str, words: Words) -> str:
        return self._environment.get_template(f"{event}/{name}").render(words)


def one_line(text: str) -> str:
    """``text`` without line ends and other control characters: what a header may hold."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
