"""For resource servers: whether a token of the broker opens a door, without the broker's database."""

from broker.verify.access import Access, Permission
from broker.verify.dpop import DpopProof
from broker.verify.introspection import Introspection
from broker.verify.refused import TokenRefused
from broker.verify.replays import Replays, ReplaysInMemory
from broker.verify.verifier import TokenVerifier

__all__ = [
    "Access",
    "DpopProof",
    "Introspection",
    "Permission",
    "Replays",
    "ReplaysInMemory",
    "TokenRefused",
    "TokenVerifier",
]
