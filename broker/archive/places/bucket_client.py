"""boto3's client for a store that speaks S3, whoever made it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from broker.archive.settings import ArchiveSettings
from broker.errors import Unavailable

CONNECTS_WITHIN, ANSWERS_WITHIN = 5, 30  # seconds


def bucket_client(settings: ArchiveSettings) -> Any:
    """Without keys in the settings they are found the way AWS documents it."""
    secret = settings.archive_secret_key
    config = Config(
        connect_timeout=CONNECTS_WITHIN,
        read_timeout=ANSWERS_WITHIN,
        retries={"total_max_attempts": 2},
        # Names of buckets in host names need certificates and DNS that stores of one's own seldom have.
        s3={"addressing_style": "path"} if settings.archive_endpoint else None,
        # Each object is sent with checksums of its own; many stores know no others.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    with asking("The store"):
        return boto3.Session().client(
            "s3",
            endpoint_url=settings.archive_endpoint or None,
            region_name=settings.archive_region or None,
            aws_access_key_id=settings.archive_access_key or None,
            aws_secret_access_key=secret.get_secret_value() if secret else None,
            verify=str(settings.archive_ca_file) if settings.archive_ca_file else None,
            config=config,
        )


@contextmanager
def asking(label: str) -> Iterator[None]:
    """Turn what boto3 raises into Unavailable, with the store's own code and nothing that was sent."""
    try:
        yield
    except ClientError as error:
        raise _unavailable(label, f"refused: {code_of(error)}") from error
    except (BotoCoreError, ValueError) as error:
        raise _unavailable(label, f"did not answer ({type(error).__name__})") from error


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "") or "no reason given")


def _unavailable(label: str, what: str) -> Unavailable:
    return Unavailable(
        f"{label[:1].upper()}{label[1:]} {what}.",
        help="Look at BROKER_ARCHIVE_BUCKET, _ENDPOINT, _REGION and the keys, then run: broker archive check. "
        "Access goes on meanwhile.",
    )
