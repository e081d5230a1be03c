from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.policy.source import read_source


def _read(tmp_path: Path, text: str | bytes):
    file = tmp_path / "policy.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_source(file)


def test_every_value_knows_its_line(tmp_path: Path) -> None:
    """Keys and items of lists are found again on the line they were written on."""
    source = _read(tmp_path, "# first\na:\n  b: x\n  c:\n    - one\n    - two\n")
    assert source.tree == {"a": {"b": "x", "c": ["one", "two"]}}
    assert source.lines["a", "b"] == 3
    assert source.lines["a", "c", 1] == 6
    assert source.line(("a", "absent", "deeper")) == 2


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a: 010", {"a": "010"}),
        ("a: 1:30", {"a": "1:30"}),
        ("a: 2026-01-01", {"a": "2026-01-01"}),
        ("a: 1.5", {"a": "1.5"}),
        ("a: 12", {"a": 12}),
        ("no: x\n5: y", {"no": "x", "5": "y"}),
        ("a: yes", {"a": True}),
        ("a: ~", {"a": None}),
        ("\ufeffa: x", {"a": "x"}),
    ],
)
def test_yaml_surprises_stay_text(tmp_path: Path, text: str, tree: object) -> None:
    """Octal, base sixty, dates and fractions are not made into numbers, and keys are always words."""
    source = _read(tmp_path, text)
    assert (source.tree, source.faults) == (tree, [])


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: [1,\n", 3, "not YAML"),
        ("a: 1\n\tb: 2", 2, "not YAML"),
        ("a: 1\n---\nb: 2", 2, "not YAML"),
        ("a: &x 1\nb: *x", 2, "aliases"),
        ("a: \x00", 1, "cannot be printed"),
        (b"\xff\xfe\x00", 1, "not UTF-8"),
        ("", 1, "says nothing"),
        ("# only words\n", 1, "says nothing"),
        ("a: 1\nb: 2\na: 3", 3, "first stands on line 1"),
        ("a: 1\nb: !!python/object:os.system x", 2, "no place in a policy"),
        ("a: !!set {x}", 1, "no place in a policy"),
        ("? [a, b]\n: 1", 1, "single word"),
        ("a: " + "[" * 3000, 1, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_a_fault_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, said: str
) -> None:
    """Broken, ambiguous or dangerous YAML is reported, never raised and never guessed at."""
    faults = _read(tmp_path, text).faults
    assert [fault.line for fault in faults] == [line]
    assert said in faults[0].message


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    """A file that is not there is reported like any other fault."""
    assert "cannot be read" in read_source(tmp_path / "absent.yaml").faults[0].message


@settings(max_examples=150)
@given(st.text(alphabet="ab:-[]{}&*!#?|>'\"%@\n\t 1~,<", max_size=60))
def test_no_text_makes_reading_raise(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever a file holds, reading it answers a tree or a fault."""
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(text, encoding="utf-8")
    source = read_source(file)
    assert source.tree is not None or source.faults or source.lines
