"""Settings of the archive; the broker's own settings include them."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings


class ArchiveSettings(BaseSettings):
    """Read from BROKER_* variables, as part of the broker's settings. Without a folder and a bucket there is no archive."""

    archive_dir: Path | None = Field(
        default=None, description="a folder the ledger is copied to, each file written once"
    )
    archive_bucket: str = Field(
        default="", description="a bucket with Object Lock the ledger is copied to, locked in compliance mode"
    )
    archive_endpoint: str = Field(
        default="", description="address of a store that speaks S3; empty means AWS"
    )
    archive_region: str = ""
    archive_prefix: str = Field(default="", description="what names in the bucket begin with")
    archive_access_key: str = Field(default="", description="empty: found the way AWS documents it")
    archive_secret_key: SecretStr | None = None
    archive_ca_file: Path | None = Field(default=None, description="whom to believe that it is the store")
    archive_days: int = Field(
        default=2_192, ge=1, le=36_500, description="how long nobody can remove an object from the bucket"
    )
    archive_seconds: float = Field(default=60.0, ge=1, le=86_400, description="how often the archive goes on")
    timestamp_url: str = Field(default="", description="a time-stamping authority (RFC 3161); empty: none")
    timestamp_ca_file: Path | None = Field(
        default=None, description="PEM file with the root certificate of that authority"
    )

    @field_validator("archive_dir", "archive_ca_file", "timestamp_ca_file", mode="before")
    @classmethod
    def _nothing_is_none(cls, value: object) -> object:
        # An empty path would be the folder the broker was started in.
        return None if value == "" else value
