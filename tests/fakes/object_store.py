"""A store that speaks S3 and has Object Lock, not made by us: Ceph's, as Debian packages it, with its disk in memory.

With BROKER_TEST_S3_URL, _KEY and _SECRET the same tests drive another one; its buckets are left behind.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

from broker.archive.places.bucket_client import bucket_client
from broker.archive.settings import ArchiveSettings
from tests.needs import lacks

PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "monmaptool", "ceph")
PATIENCE_S = 60
STARTS = 3
DISK_STARTS = 6
DISK_PATIENCE_S = 6
_CONFIG = """
[global]
fsid = {cluster}
mon_initial_members = a
mon_host = v1:127.0.0.1:{mon_port}
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
ms_bind_ipv6 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = {folder}/run
admin_socket = {folder}/run/$name.$pid.asok
log_file = {folder}/$name.log
crash_dir = {folder}/crash
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pgp_num = 1
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_data = {folder}/mon
mon_data_avail_crit = 1
mon_data_avail_warn = 1
osd_data = {folder}/osd
osd_objectstore = memstore
memstore_device_bytes = 536870912
[client.rgw]
rgw_frontends = beast endpoint=127.0.0.1:{port}
rgw_data = {folder}
rgw_thread_pool_size = 16
"""


@dataclass(frozen=True)
class ObjectStore:
    url: str
    key: str
    secret: str

    def settings(self, bucket: str, **more: object) -> ArchiveSettings:
        given = {
            "archive_endpoint": self.url,
            "archive_region": "us-east-1",
            "archive_access_key": self.key,
            "archive_secret_key": self.secret,
            "archive_bucket": bucket,
        }
        return ArchiveSettings(**given | more)  # type: ignore[arg-type] # pydantic checks them

    def make_bucket(self, *, locked: bool = True) -> str:
        """A new one's name."""
        name = f"ledger-{uuid.uuid4().hex[:12]}"
        bucket_client(self.settings(name)).create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked)
        return name


@contextmanager
def running(folder: Path) -> Iterator[ObjectStore]:
    """Skips where none of it is installed. Takes about twelve seconds to start."""
    if url := os.environ.get("BROKER_TEST_S3_URL"):
        yield ObjectStore(url, os.environ["BROKER_TEST_S3_KEY"], os.environ["BROKER_TEST_S3_SECRET"])
        return
    if missing := [program for program in PROGRAMS if shutil.which(program) is None]:
        lacks(f"a store with Object Lock ({', '.join(missing)}; Debian: radosgw ceph-mon ceph-osd)")
    with ExitStack() as daemons:
        yield _started(folder, daemons)


def _started(folder: Path, daemons: ExitStack) -> ObjectStore:
    """One of a few tries: a port that was free a moment ago may be somebody else's now."""
    for number in range(STARTS):
        store = ObjectStore(f"http://127.0.0.1:{_free_port()}", "a-key-of-the-tests", "a-secret-of-the-tests")
        with ExitStack() as tried:
            try:
                _start(folder / str(number), store, tried)
            except (AssertionError, subprocess.TimeoutExpired) as error:
                fault = error
                continue
            daemons.push(tried.pop_all())
            return store
    raise fault


def _start(folder: Path, store: ObjectStore, daemons: ExitStack) -> None:
    cluster, disk, mon_port = str(uuid.uuid4()), str(uuid.uuid4()), _free_port()
    for name in ("mon", "osd", "run", "crash"):
        (folder / name).mkdir(parents=True)
    config = folder / "ceph.conf"
    port = store.url.rpartition(":")[2]
    config.write_text(_CONFIG.format(folder=folder, cluster=cluster, port=port, mon_port=mon_port))
    known = ("-c", str(config))

    _run(
        "monmaptool",
        "--create",
        "--fsid",
        cluster,
        "--addv",
        "a",
        f"[v1:127.0.0.1:{mon_port}]",
        folder / "monmap",
    )
    _run("ceph-mon", *known, "--mkfs", "-i", "a", "--monmap", folder / "monmap")
    daemons.enter_context(_daemon(folder, "ceph-mon", *known, "-i", "a", "-f"))
    _run("ceph", *known, "osd", "new", disk)
    _run("ceph-osd", *known, "-i", "0", "--mkfs", "--osd-uuid", disk)
    _start_disk(folder, known, daemons)
    who = (
        "--uid",
        "archive",
        "--display-name",
        "archive",
        "--access-key",
        store.key,
        "--secret-key",
        store.secret,
    )
    _run("radosgw-admin", *known, "user", "create", *who)
    daemons.enter_context(_daemon(folder, "radosgw", *known, "-n", "client.rgw", "-f"))
    _wait_until_it_answers(store.url)


def _start_disk(folder: Path, known: tuple[str, str], daemons: ExitStack) -> None:
    # Now and then Ceph 16's disk waits for ever for its first words with the monitor; it is well when asked again.
    for _ in range(DISK_STARTS):
        disk = ExitStack()
        disk.enter_context(_daemon(folder, "ceph-osd", *known, "-i", "0", "-f"))
        ends = time.monotonic() + DISK_PATIENCE_S
        while time.monotonic() < ends:
            if json.loads(_run("ceph", *known, "osd", "stat", "--format", "json"))["num_up_osds"]:
                daemons.push(disk)
                return
        disk.close()
    raise AssertionError("the object store's disk never came up")


def _run(*words: object) -> str:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, f"{words[0]}: {done.stderr}"
    return done.stdout


@contextmanager
def _daemon(folder: Path, *words: str) -> Iterator[None]:
    with (
        (folder / f"{words[0]}.out").open("wb") as out,
        subprocess.Popen(words, stdout=out, stderr=out) as process,
    ):
        try:
            yield
        finally:
            # What it keeps is in memory and nobody's; there is nothing to put away.
            process.kill()


def _wait_until_it_answers(url: str) -> None:
    ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < ends:
        try:
            requests.get(url, timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the object store never answered")


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
