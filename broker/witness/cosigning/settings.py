"""The witness's own settings, from BROKER_WITNESS_* variables: it shares none with the broker."""

from __future__ import annotations

import socket
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from broker.clock import SystemClock
from broker.errors import ConfigurationError
from broker.ledger.signing.cosign import WitnessKey, load_witness_key, make_witness_key
from broker.ledger.signing.keys import parse_public
from broker.witness.cosigning.memory import Memory
from broker.witness.cosigning.vouch import Witness


class WitnessSettings(BaseSettings):
    """Settings of one witness process."""

    model_config = SettingsConfigDict(env_prefix="BROKER_WITNESS_", extra="ignore", frozen=True)

    dir: Path = Field(default=Path("witness"), description="its key, and what it remembers of each ledger")
    name: str = Field(default="", description="its name in cosignatures, like witness.example/w1")
    host: str = "127.0.0.1"
    port: int = Field(default=8010, ge=0, le=65535)
    logs: str = Field(default="", description="public keys of ledgers to watch, separated by commas")
    calls_a_minute: int = Field(default=120, ge=1, description="from one address")
    threads: int = Field(default=8, ge=2, le=64)


def read_settings() -> WitnessSettings:
    """Raises ConfigurationError with every fault."""
    try:
        return WitnessSettings()
    except ValidationError as error:
        faults = "; ".join(
            f"BROKER_WITNESS_{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()
        )
        raise ConfigurationError(
            f"The settings of the witness cannot be used. {faults}", help="Correct them."
        ) from error


def open_witness(settings: WitnessSettings) -> Witness:
    """The witness in its folder, made when there is none; the ledgers in the settings are watched from then on.

    Raises ConfigurationError when it has forgotten its key and not what it saw.
    """
    memory = Memory(settings.dir / "ledgers")
    memory.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    witness = Witness(_key(settings, memory), memory, SystemClock())
    for vkey in filter(None, (part.strip() for part in settings.logs.split(","))):
        key = parse_public(vkey)
        memory.trust(key, key.name)
    return witness


def _key(settings: WitnessSettings, memory: Memory) -> WitnessKey:
    path = settings.dir / "witness.key"
    if path.exists():
        return load_witness_key(path)
    if memory.ledgers():
        raise ConfigurationError(
            f"This witness was in use, and its key {path} is gone.",
            help="Restore it from its backup, or begin a new witness in an empty folder.",
        )
    return make_witness_key(path, settings.name or f"{socket.gethostname()}/witness")
