from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.live.broker_side import BrokerSide
from tests.live.newer.npm_wordpress import newer_wordpress
from tests.live.wordpress_site import WordPressSite, missing_packages
from tests.needs import lacks


@pytest.fixture(scope="session")
def broker() -> BrokerSide:
    return BrokerSide()


@pytest.fixture(scope="session")
def wordpress(tmp_path_factory: pytest.TempPathFactory, broker: BrokerSide) -> Iterator[WordPressSite]:
    """WordPress 6.5.5 with its own MariaDB, in place of Debian's."""
    if missing := missing_packages():
        lacks(", ".join(f"{name} (Debian package)" for name in missing))
    try:
        source = newer_wordpress()
    except RuntimeError as error:
        lacks(str(error))
    site = WordPressSite(tmp_path_factory.mktemp("newer"), source=source)
    try:
        site.start()
        site.install_companion(broker.pairing)
        broker.connect(site.url)
        yield site
    finally:
        site.stop()
