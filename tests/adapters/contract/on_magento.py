"""The Magento module's own classes on a real MariaDB, behind the address and the OAuth check Magento has."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from broker.adapters.magento.client import MagentoAdapter
from broker.adapters.magento.kind import KIND
from broker.adapters.port import Adapter
from tests.adapters.contract.author import Author
from tests.adapters.contract.specimen import CALLS, Cannot, Holder
from tests.adapters.magento.shop import SECRETS, Shop
from tests.live.go_between import GoBetween, cut_the_answer
from tests.live.mariadb import MariaDB
from tests.live.wait import until_instant
from tests.needs import lacks

NUMBERS = itertools.count(1)
RESOURCE = "Magento_Sales::actions_view"


@dataclass
class OnMagento:
    shop: Shop
    database: MariaDB
    broker: Author
    between: GoBetween
    kind = KIND
    cannot: frozenset[Cannot] = frozenset()

    def __post_init__(self) -> None:
        self.adapter = self._reach(self.shop.url)

    def holder(self) -> Holder:
        name = f"holder{next(NUMBERS)}"
        self._sql(f"INSERT INTO shop_stand_in_admin (login, told) VALUES ('{name}', '')")
        return Holder(name, {"resources": [RESOURCE]})

    def opens(self, holder: Holder) -> bool:
        return self.shop.opens(holder.account, RESOURCE)

    def now(self) -> datetime:
        return datetime.now(UTC)

    def wait_until(self, instant: datetime) -> None:
        until_instant(instant)

    def nobody_there(self) -> Adapter:
        return self._reach("http://127.0.0.1:9")

    def mute(self) -> Adapter:
        for verb in CALLS:
            self.between.order(verb, cut_the_answer, for_good=True)
        return self._reach(self.between.url)

    def back_up(self) -> Callable[[], None]:
        tables = self._sql("SHOW TABLES LIKE 'shop\\_emergency\\_access\\_%'").split()
        for table in tables:
            self._sql(
                f"DROP TABLE IF EXISTS kept_{table}; CREATE TABLE kept_{table} AS SELECT * FROM {table}"
            )

        def put_back() -> None:
            for table in tables:
                self._sql(f"DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}")

        return put_back

    def _sql(self, statement: str) -> str:
        return self.database.sql(statement, database="shop")

    def _reach(self, url: str) -> MagentoAdapter:
        return MagentoAdapter(self.broker.connection(url, secrets=SECRETS), timeout=(3, 20))


@contextmanager
def start(broker: Author, folder: Path) -> Iterator[OnMagento]:
    if not (shutil.which("php") and shutil.which("mariadbd", path="/usr/sbin:/usr/bin")):
        lacks("php-cli, php-mysql and mariadb-server (Debian packages)")
    database = MariaDB(folder / "db")
    dsn = f"mysql:unix_socket={database.socket};dbname=shop;charset=utf8mb4"
    shop = Shop(dsn, folder / "shop", broker.signer, pairing=broker.pairing)
    try:
        database.start()
        database.sql("CREATE DATABASE shop CHARACTER SET utf8mb4", database="")
        shop.start()
        between = GoBetween(shop.url)
        yield OnMagento(shop, database, broker, between)
        between.go_down()
    finally:
        shop.stop()
        database.stop()
