"""How the broker is known to the provider."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from broker.errors import ConfigurationError
from broker.settings import Settings

CALLBACK, SIGNED_OUT = "/sso/callback", "/signed-out"


@dataclass(frozen=True)
class Registration:
    """One of ``secret`` and ``key`` proves to the provider that it is the broker who asks.

    ``issuer`` is compared letter by letter; ``private_network`` also lets it stand on
    this machine or in the clinic's own network.
    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    key: RSAKey | ECKey | None = field(repr=False)
    scopes: str
    callback: str
    signed_out: str
    private_network: bool


def registration_from(settings: Settings) -> Registration | None:
    """None where no provider is named. ConfigurationError where something is missing."""
    if not settings.oidc_issuer:
        return None
    secret = settings.oidc_client_secret.get_secret_value() if settings.oidc_client_secret else ""
    if not settings.oidc_client_id or bool(secret) == bool(settings.oidc_client_key):
        raise ConfigurationError(
            "A provider for single sign-on is named, but not how the broker proves itself there.",
            help="Set BROKER_OIDC_CLIENT_ID, and either BROKER_OIDC_CLIENT_SECRET or BROKER_OIDC_CLIENT_KEY.",
        )
    return Registration(
        issuer=_checked_issuer(settings),
        client_id=settings.oidc_client_id,
        secret=secret,
        key=_key(settings),
        scopes=settings.oidc_scopes,
        callback=settings.base_url + CALLBACK,
        signed_out=settings.base_url + SIGNED_OUT,
        private_network=settings.oidc_private_network,
    )


def _checked_issuer(settings: Settings) -> str:
    if not settings.oidc_issuer.startswith("https://") and not settings.oidc_private_network:
        raise ConfigurationError(
            "The provider for single sign-on must begin with https://.",
            help="Correct BROKER_OIDC_ISSUER, or set BROKER_OIDC_PRIVATE_NETWORK=1 for one in your own network.",
        )
    return settings.oidc_issuer


def _key(settings: Settings) -> RSAKey | ECKey | None:
    if settings.oidc_client_key is None:
        return None
    try:
        return _read_key(settings.oidc_client_key.read_bytes())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm, JoseError) as error:
        raise ConfigurationError(
            "The key that proves the broker to the provider cannot be read.",
            help="BROKER_OIDC_CLIENT_KEY has to name a PEM file with a private key, RSA or EC P-256, without "
            "a password, that the broker may read.",
        ) from error


def _read_key(pem: bytes) -> RSAKey | ECKey:
    private = load_pem_private_key(pem, password=None)
    if isinstance(private, RSAPrivateKey):
        return RSAKey.import_key(private)
    if isinstance(private, EllipticCurvePrivateKey) and isinstance(private.curve, SECP256R1):
        return ECKey.import_key(private)
    raise ValueError("neither RSA nor P-256")
