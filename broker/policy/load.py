"""Reads policy files into a catalog, or says everything that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from broker.policy.catalog import Catalog
from broker.policy.coherence import complaints
from broker.policy.compile import compile_catalog
from broker.policy.document import Document
from broker.policy.draft import Draft
from broker.policy.faults import Fault, PolicyFaults
from broker.policy.keeping_written import keeping_complaints
from broker.policy.reviewing_written import reviewing_complaints
from broker.policy.sentences import sentence
from broker.policy.sign_in_written import sign_in_complaints
from broker.policy.source import Source, read_source
from broker.policy.vocabulary import declare_once, declared, purposes_are_hl7, use_declared


def load_catalog(where: Path | str | Iterable[Path | str]) -> Catalog:
    """The catalog of a directory's ``*.yaml`` files, of one file, or of the files named.

    Raises PolicyFaults with every fault of every file.
    """
    sources = [read_source(path) for path in policy_files(where)]
    documents = [document for source in sources if (document := _check_form(source))]
    for source in sources:
        purposes_are_hl7(source)
        _check_coherence(source)
    declare_once(sources)
    use_declared(sources)
    _check_sign_in(sources)
    _check_reviewing(sources)
    _refuse_emptiness(sources)
    faults = [fault for source in sources for fault in source.faults]
    if faults:
        raise PolicyFaults(faults)
    return compile_catalog(documents)


def policy_files(where: Path | str | Iterable[Path | str]) -> list[Path]:
    """The files meant, in the order of their names; PolicyFaults when a directory holds none."""
    if not isinstance(where, Path | str):
        found = sorted(Path(path) for path in where)
    elif Path(where).is_dir():
        found = sorted(file for file in Path(where).iterdir() if _is_policy(file))
    else:
        found = [Path(where)]
    if not found:
        place = str(where) if isinstance(where, Path | str) else "policies"
        raise PolicyFaults(
            [Fault(place, 1, "There is no policy file (*.yaml) here, so nobody could ask for anything.")]
        )
    return found


def _is_policy(file: Path) -> bool:
    return file.suffix in {".yaml", ".yml"} and not file.name.startswith(".")


def _check_form(source: Source) -> Document | None:
    if source.tree is None:
        return None
    try:
        return Document.model_validate(source.tree)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            source.fault(tuple(step for step in each["loc"] if step != "[key]"), sentence(each))
        return None


def _check_coherence(source: Source) -> None:
    for entry in declared(source, "entitlements"):
        for where, message in complaints(Draft(Draft(source.tree).at("entitlements", entry))):
            source.fault(("entitlements", entry, *where), message)


def _check_sign_in(sources: Sequence[Source]) -> None:
    saying = [source for source in sources if Draft(source.tree).has("sign_in")]
    for source in saying:
        for where, message in sign_in_complaints(Draft(Draft(source.tree).at("sign_in"))):
            source.fault(("sign_in", *where), message)
    for source in saying[1:]:
        place = f"{saying[0].name}:{saying[0].line(('sign_in',))}"
        source.fault(("sign_in",), f"How people come in is said in {place} already.")


def _check_reviewing(sources: Sequence[Source]) -> None:
    for source in sources:
        draft = Draft(source.tree)
        for where, message in (*reviewing_complaints(draft), *keeping_complaints(draft)):
            source.fault(where, message)
    for section in ("reviews", "oddities", "retention", "disclosures"):
        saying = [source for source in sources if Draft(source.tree).has(section)]
        for source in saying[1:]:
            place = f"{saying[0].name}:{saying[0].line((section,))}"
            source.fault((section,), f"What holds for {section} is said in {place} already.")


def _refuse_emptiness(sources: Sequence[Source]) -> None:
    for section, missing in (
        ("entitlements", "nobody could ask for anything"),
        ("reasons", "no reason could be given"),
    ):
        whole = all(source.tree is not None for source in sources)
        if whole and not any(declared(source, section) for source in sources):
            sources[0].fault((), f"No file has any {section}, so {missing}.")
