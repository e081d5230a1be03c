"""Tries to undo what was written to a bucket: only a refusal proves that it is locked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from broker.archive.places.bucket_client import asking, code_of
from broker.archive.places.place import Finding, Kept

PROBES = "check"
_REFUSALS = frozenset({400, 403, 405, 409})
_HELD_FOR = timedelta(minutes=10)
_PROBED = b"Written to find out whether what is written here can be changed.\n"


class _Refusal(Exception):
    """The store said no, which is right."""


class Bucket(Protocol):
    """What the check needs of a bucket."""

    @property
    def client(self) -> Any: ...
    @property
    def bucket(self) -> str: ...
    @property
    def prefix(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def now(self) -> Callable[[], datetime]: ...
    def write(self, name: str, content: bytes, until: datetime) -> str: ...
    def kept(self, name: str) -> list[Kept]: ...


def check_bucket(bucket: Bucket) -> list[Finding]:
    """Raises Unavailable when the bucket cannot be reached."""
    findings = [_versioning(bucket), _locking(bucket)]
    if not all(each.good for each in findings):
        return findings
    until = bucket.now() + _HELD_FOR
    name = f"{PROBES}/{until:%Y%m%dT%H%M%S%f}.txt"
    version = bucket.write(name, _PROBED, until)
    findings += [_refused(bucket, words, act) for words, act in _undoings(bucket, name, version, until)]
    findings.append(_still_there(bucket, name, version))
    _forget_old_probes(bucket)
    return findings


def _versioning(bucket: Bucket) -> Finding:
    with asking(bucket.label):
        on = bucket.client.get_bucket_versioning(Bucket=bucket.bucket).get("Status") == "Enabled"
    words = "keeps every version" if on else "does not keep versions: an object could be overwritten"
    return Finding(on, f"The bucket {words}.")


def _locking(bucket: Bucket) -> Finding:
    with asking(bucket.label):
        try:
            said = bucket.client.get_object_lock_configuration(Bucket=bucket.bucket)
        except ClientError as error:
            # That is how a store says that there is none.
            if "ObjectLock" not in code_of(error):
                raise
            said = {}
    on = said.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled"
    words = (
        "has Object Lock"
        if on
        else "has no Object Lock. It can only be chosen when a bucket is made: make another"
    )
    return Finding(on, f"The bucket {words}.")


def _undoings(
    bucket: Bucket, name: str, version: str, until: datetime
) -> list[tuple[str, Callable[[], object]]]:
    client = bucket.client
    at = {"Bucket": bucket.bucket, "Key": bucket.prefix + name, "VersionId": version}
    sooner = {"Mode": "COMPLIANCE", "RetainUntilDate": until - _HELD_FOR / 2}
    softer = {"Mode": "GOVERNANCE", "RetainUntilDate": until}

    def retain(retention: dict[str, Any]) -> object:
        return client.put_object_retention(**at, Retention=retention, BypassGovernanceRetention=True)

    return [
        ("unlock a version sooner", lambda: retain(sooner)),
        ("make the lock one that can be bypassed", lambda: retain(softer)),
        ("remove a version", lambda: client.delete_object(**at)),
        (
            "remove a version past the lock",
            lambda: client.delete_object(**at, BypassGovernanceRetention=True),
        ),
    ]


def _refused(bucket: Bucket, words: str, act: Callable[[], object]) -> Finding:
    try:
        with _asking_for_refusal(bucket.label):
            act()
    except _Refusal as refusal:
        return Finding(good=True, words=f"Tried to {words}: refused ({refusal}).")
    return Finding(
        good=False,
        words=f"Tried to {words}, and {bucket.label} did it: what is kept there can be changed.",
    )


@contextmanager
def _asking_for_refusal(label: str) -> Iterator[None]:
    """Lets a refusal through, as that is what is hoped for; anything else is told as everywhere."""
    with asking(label):
        try:
            yield
        except ClientError as error:
            if _status(error) in _REFUSALS:
                raise _Refusal(code_of(error)) from error
            raise


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _still_there(bucket: Bucket, name: str, version: str) -> Finding:
    with asking(bucket.label):
        over = bucket.client.put_object(
            Bucket=bucket.bucket, Key=bucket.prefix + name, Body=b"something else"
        )
    kept = [each for each in bucket.kept(name) if each.version == version]
    with suppress(ClientError, BotoCoreError):
        bucket.client.delete_object(
            Bucket=bucket.bucket, Key=bucket.prefix + name, VersionId=over["VersionId"]
        )
    good = [each.content for each in kept] == [_PROBED]
    words = (
        "Tried to overwrite an object: the first version stayed."
        if good
        else f"An object in {bucket.label} was overwritten, and its first version is gone."
    )
    return Finding(good, words)


def _forget_old_probes(bucket: Bucket) -> None:
    # Their lock is over, so this is tidying and nothing more.
    with suppress(ClientError, BotoCoreError):
        old = bucket.client.list_object_versions(Bucket=bucket.bucket, Prefix=f"{bucket.prefix}{PROBES}/")
        for each in old.get("Versions", []) + old.get("DeleteMarkers", []):
            if each["LastModified"] < bucket.now() - 2 * _HELD_FOR:
                bucket.client.delete_object(
                    Bucket=bucket.bucket, Key=each["Key"], VersionId=each["VersionId"]
                )
