"""An archive in a bucket with Object Lock: until the day it is locked to, nobody removes a version, the account's owner included."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from broker.archive.places.bucket_check import check_bucket
from broker.archive.places.bucket_client import asking
from broker.archive.places.place import Contradicted, Finding, Kept
from broker.errors import Unavailable

MODE = "COMPLIANCE"
# Stores keep whole seconds.
_ROUNDING = timedelta(seconds=2)


@dataclass(frozen=True)
class LockedBucket:
    """Objects under ``prefix`` of a bucket, each locked for ``keeps`` from when it was written."""

    client: Any
    bucket: str
    prefix: str
    keeps: timedelta
    now: Callable[[], datetime]
    identity: str = "bucket"

    @property
    def id(self) -> str:
        return self.identity

    @property
    def label(self) -> str:
        return f"the bucket {self.bucket}"

    def names(self, folder: str, after: str = "") -> Iterator[str]:
        last = after
        for each in self._versions(f"{folder}/", after):
            name = each["Key"].removeprefix(self.prefix)
            if name > last:
                yield name
            last = max(last, name)

    def put(self, name: str, content: bytes) -> None:
        there = self.kept(name)
        same = [each for each in there if each.content == content and each.locked]
        if there and not same:
            raise Contradicted(f"{name} in {self.label} holds something else than the ledger says.")
        if not same:
            self.write(name, content, self.now() + self.keeps)

    def write(self, name: str, content: bytes, until: datetime) -> str:
        """A new version, locked; its id, once the store said that it is locked. Raises Unavailable."""
        sums = {
            "ContentMD5": _in_base64(hashlib.md5(content, usedforsecurity=False).digest()),
            "ChecksumSHA256": _in_base64(hashlib.sha256(content).digest()),
        }
        lock = {"ObjectLockMode": MODE, "ObjectLockRetainUntilDate": until}
        with asking(self.label):
            answer = self.client.put_object(**self._at(name), Body=content, **sums, **lock)
            version = str(answer.get("VersionId", ""))
            seen = self.client.head_object(**self._at(name), VersionId=version)
        held = seen.get("ObjectLockRetainUntilDate")
        if seen.get("ObjectLockMode") != MODE or held is None or held < until - _ROUNDING:
            raise Unavailable(
                f"The archive in {self.label} took an object and did not lock it.",
                help="Make a bucket with Object Lock and versioning from the start, then run: broker archive check",
            )
        return version

    def kept(self, name: str) -> list[Kept]:
        exact = [each for each in self._versions(name) if each["Key"] == self.prefix + name]
        # The store lists the newest first; times alone are too coarse to order by.
        oldest_first = exact[::-1]
        oldest_first.sort(key=lambda each: each["LastModified"])
        with asking(self.label):
            return [self._read(name, each) for each in oldest_first]

    def check(self) -> list[Finding]:
        return check_bucket(self)

    def _read(self, name: str, listed: dict[str, Any]) -> Kept:
        version = str(listed["VersionId"])
        if "ETag" not in listed:
            return Kept(b"", version, locked=False)  # a mark that it was deleted
        found = self.client.get_object(**self._at(name), VersionId=version)
        until = found.get("ObjectLockRetainUntilDate")
        locked = found.get("ObjectLockMode") == MODE
        return Kept(found["Body"].read(), version, until, locked=locked)

    def _versions(self, begins: str, after: str = "") -> Iterator[dict[str, Any]]:
        """Every version and every mark of a deletion, by name."""
        marks: dict[str, str] = {"KeyMarker": self.prefix + after} if after else {}
        while True:
            with asking(self.label):
                page = self.client.list_object_versions(
                    Bucket=self.bucket, Prefix=self.prefix + begins, **marks
                )
            found = page.get("Versions", []) + page.get("DeleteMarkers", [])
            yield from sorted(found, key=lambda each: str(each["Key"]))
            if not page.get("IsTruncated"):
                return
            marks = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + name}


def _in_base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
