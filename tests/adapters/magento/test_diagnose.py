"""What the module says of itself, in sentences."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.adapters.magento.diagnose import diagnose
from broker.adapters.magento.module_files import FOLDER, module_digest, module_version
from broker.adapters.port import Health

SOUND = Health("Magento Community 2.4.7", module_version(), module_digest(), datetime(2026, 3, 1, tzinfo=UTC))
WORDS = ["restored", "mark_not_kept", "rows_unproven", "cron_silent", "second_factor_off"]


def problems(**differing: object) -> tuple[str, ...]:
    return tuple(diagnose(Health(**{**vars(SOUND), **differing})).problems)  # type: ignore[arg-type]


def test_sound() -> None:
    """The module this broker ships, with nothing to say, has no problem."""
    assert problems() == ()


@pytest.mark.parametrize("word", WORDS)
def test_each_word_has_a_sentence(word: str) -> None:
    """A person reads what is wrong and what to do."""
    (sentence,) = problems(words=(word,))
    assert "Update this broker" not in sentence
    assert sentence.endswith((".", ")."))
    assert f"'{word}'" in "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.php"))


def test_an_unknown_word() -> None:
    """A newer module may say more than this broker knows."""
    assert "'gremlins'" in problems(words=("gremlins",))[0]


def test_another_version() -> None:
    """The next step is named; the digest of another version says nothing."""
    (sentence,) = problems(companion_version="0.1.0", companion_digest="0" * 64)
    assert "0.1.0" in sentence
    assert "setup:upgrade" in sentence


def test_altered_files() -> None:
    """The same version with other files was altered."""
    assert "differ" in problems(companion_digest="0" * 64)[0]


def test_digest_counts_what_decides(tmp_path: Path) -> None:
    """PHP, XML, templates and the package count; notes beside them do not."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/di.xml").write_text("<config/>", encoding="utf-8")
    before = module_digest(tmp_path)
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert module_digest(tmp_path) == before
    (tmp_path / "etc/di.xml").write_text("<config />", encoding="utf-8")
    assert module_digest(tmp_path) != before
