"""Every kind of site, one after the other, under the same tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pkgutil import resolve_name

import pytest

from tests.adapters.contract import on_example, on_fake, on_magento, on_wordpress, on_wordpress_core
from tests.adapters.contract.author import Author
from tests.adapters.contract.specimen import Holder, Specimen

SPECIMENS = {
    "example": on_example.start,
    "fake": on_fake.start,
    "magento": on_magento.start,
    "wordpress": on_wordpress.start,
    "wordpress-core": on_wordpress_core.start,
}
REAL = {"magento", "wordpress", "wordpress-core"}
"""Those that drive a real platform (of Magento its database alone)."""

# A third party's, while it is written.
if theirs := os.environ.get("BROKER_TEST_SPECIMEN"):
    SPECIMENS = {"theirs": resolve_name(theirs)}

KINDS = [pytest.param(name, marks=[pytest.mark.live] if name in REAL else []) for name in SPECIMENS]


@pytest.fixture(scope="session", params=KINDS)
def _paired(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Specimen, Author]]:
    author = Author()
    with SPECIMENS[request.param](author, tmp_path_factory.mktemp(request.param)) as started:
        yield started, author


@pytest.fixture
def specimen(_paired: tuple[Specimen, Author]) -> Specimen:
    return _paired[0]


@pytest.fixture
def broker(_paired: tuple[Specimen, Author]) -> Author:
    return _paired[1]


@pytest.fixture
def holder(specimen: Specimen) -> Holder:
    return specimen.holder()
