"""One MariaDB for the module's classes."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from broker.adapters.lease import LeaseSigner
from tests.adapters.magento.shop import Shop
from tests.live.mariadb import MariaDB
from tests.needs import lacks

# A real Magento is nothing a test run can bring up.
collect_ignore = [] if os.environ.get("BROKER_TEST_MAGENTO") else ["test_real.py"]


@pytest.fixture(scope="session")
def php() -> str:
    found = shutil.which("php") or lacks("php-cli (PHP 8.1 or later)")
    modules = subprocess.run([found, "-m"], capture_output=True, text=True, check=True).stdout.split()
    version = subprocess.run(
        [found, "-r", "echo PHP_VERSION_ID;"], capture_output=True, text=True, check=True
    )
    if int(version.stdout) < 80100:
        lacks("PHP 8.1 or later, as Magento 2.4.4 and later need it")
    return found if "pdo_mysql" in modules else lacks("php-mysql (PHP's MySQL)")


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDB]:
    if not (shutil.which("mariadbd") or shutil.which("mariadbd", path="/usr/sbin")):
        lacks("mariadb-server (Debian package)")
    server = MariaDB(tmp_path_factory.mktemp("magento-db"))
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def dsn(mariadb: MariaDB) -> str:
    mariadb.sql("CREATE DATABASE shop CHARACTER SET utf8mb4", database="")
    return f"mysql:unix_socket={mariadb.socket};dbname=shop;charset=utf8mb4"


@pytest.fixture
def signer() -> LeaseSigner:
    return LeaseSigner(Ed25519PrivateKey.generate(), "broker.example")


@pytest.fixture
def open_shop(php: str, dsn: str, tmp_path: Path, signer: LeaseSigner) -> Iterator[Callable[..., Shop]]:
    """Starts a stand-in shop with an admin called clerk and one called owner."""
    opened: list[Shop] = []

    def start(**differing: Any) -> Shop:
        shop = Shop(dsn, tmp_path / f"shop{len(opened)}", signer, **differing)
        opened.append(shop)
        shop.start()
        return shop

    yield start
    for shop in opened:
        shop.stop()


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop()
