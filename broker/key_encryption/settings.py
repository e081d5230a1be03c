"""Settings of what wraps keys; the broker's own settings include them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class WrappingSettings(BaseSettings):
    """Read from BROKER_* variables, as part of the broker's settings."""

    key_encryption: Literal["file", "transit", "aws-kms"] = Field(
        default="file", description="what wraps signing keys and the keys of recordings"
    )
    transit_url: str = Field(default="", description="address of HashiCorp Vault or OpenBao")
    transit_mount: str = "transit"
    transit_key: str = "emergency-access-broker"
    transit_namespace: str = ""
    transit_token: SecretStr | None = None
    transit_token_file: Path | None = Field(
        default=None, description="a file an agent keeps a token in; read again at each use"
    )
    transit_ca_file: Path | None = Field(default=None, description="whom to believe that it is the engine")
    aws_kms_key: str = Field(default="", description="ARN, id or alias of a symmetric key of AWS KMS")
    aws_kms_region: str = ""
    aws_kms_endpoint: str = Field(default="", description="address of a VPC endpoint, where there is one")
