"""Every setting, read once from BROKER_* variables and checked before anything starts."""

from __future__ import annotations

from datetime import UTC, tzinfo
from functools import cached_property
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import SettingsConfigDict

from broker.archive.settings import ArchiveSettings
from broker.assets import asset_folder
from broker.key_encryption.settings import WrappingSettings


class Settings(ArchiveSettings, WrappingSettings):
    """Settings of one broker process. Paths not given lie under ``state_dir``."""

    model_config = SettingsConfigDict(env_prefix="BROKER_", extra="ignore", frozen=True)

    state_dir: Path = Field(
        default=Path("var"), description="keys, recordings, checkpoints of the ledger, embedded database"
    )
    database_url: str = Field(default="", description="SQLAlchemy URL; empty means SQLite in state_dir")
    policies_path: Path = Field(default_factory=lambda: asset_folder("policies"))
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str = Field(default="", description="where people reach the broker; empty: http://HOST:PORT")
    issuer: str = Field(
        default="emergency-access-broker", description="this broker's name inside leases and heads"
    )
    proxies: int = Field(
        default=0, ge=0, le=5, description="reverse proxies in front whose headers are believed"
    )
    accept_new_keys: bool = Field(
        default=False, description="start although keys were lost, and make new ones"
    )
    demo: bool = Field(
        default=False, description="seeded people, visible outbox, one-time codes on the command line"
    )
    demo_password: SecretStr | None = None
    on_call_contact: str = Field(
        default="your on-call security contact", description="shown where people get stuck"
    )
    time_zone: str = Field(default="UTC", description="zone of the times on pages, like Europe/Berlin")
    sweep_seconds: float = Field(default=2.0, gt=0, le=60)
    reconcile_seconds: float = Field(
        default=30.0, ge=1, le=3600, description="how often a site is held against what was granted there"
    )
    token_alg: Literal["RS256", "ES256", "Ed25519"] = Field(
        default="RS256", description="how access tokens are signed; a change begins with the next key"
    )
    token_key_days: int = Field(
        default=30, ge=1, le=400, description="how long a key signs tokens and links before the next one does"
    )
    threads: int = Field(default=16, ge=2, le=256)
    backup_dir: Path | None = Field(
        default=None, description="a folder that backups are made in by themselves; empty: none are"
    )
    backup_recipient: str = Field(
        default="", description="whom backups are sealed for: age1..., several parted by commas"
    )
    backup_hours: float = Field(default=24.0, gt=0, le=8760, description="pause between two backups")
    backup_keep: int = Field(default=14, ge=1, le=10_000, description="how many of them stay")
    backup_recordings: bool = Field(default=False, description="with the sealed recordings and records")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    witnesses: str = Field(
        default="", description="who vouches for the ledger beside the broker: PUBLIC-KEY URL, PUBLIC-KEY URL"
    )
    oidc_issuer: str = Field(default="", description="the provider people sign in with; empty: none")
    oidc_name: str = Field(default="your organisation", description="what people call the provider")
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr | None = None
    oidc_client_key: Path | None = Field(
        default=None, description="PEM file with the key that proves the broker there, instead of a secret"
    )
    oidc_scopes: str = "openid profile email"
    oidc_private_network: bool = Field(
        default=False, description="the provider stands in the clinic's own network"
    )
    limits_url: str = Field(
        default="memory://", description="where requests of one caller are counted: memory:// or redis://..."
    )
    api_calls_a_minute: int = Field(
        default=600,
        ge=1,
        description="of one person's session or one program; ending access is never counted",
    )
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr | None = None
    mail_from: str = "emergency-access@localhost"

    @field_validator("public_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"http", "https"}:
            raise ValueError("must begin with https:// (or http:// on a machine of your own)")
        return value.rstrip("/")

    @field_validator("backup_dir", mode="before")
    @classmethod
    def _nothing_is_no_folder(cls, value: object) -> object:
        # An empty path would be the folder the broker was started in.
        return None if value == "" else value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            return value if value == "UTC" else ZoneInfo(value).key
        except (ZoneInfoNotFoundError, OSError) as error:
            raise ValueError("is not a zone this machine knows; write it like Europe/Berlin") from error

    @cached_property
    def zone(self) -> tzinfo:
        return UTC if self.time_zone == "UTC" else ZoneInfo(self.time_zone)

    @property
    def base_url(self) -> str:
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def served_over_tls(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.state_dir / 'broker.db'}"

    @cached_property
    def keys_dir(self) -> Path:
        return self.state_dir / "keys"

    @cached_property
    def recordings_dir(self) -> Path:
        return self.state_dir / "recordings"

    @cached_property
    def spool_dir(self) -> Path:
        return self.state_dir / "spool"

    @cached_property
    def ledger_public_key_path(self) -> Path:
        return self.keys_dir / "ledger.pub"

    @cached_property
    def heads_path(self) -> Path:
        return self.state_dir / "heads" / "ledger-heads.txt"
