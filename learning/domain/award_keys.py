"""The public part of the keys that sign awards."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PublishedKey:
    """public: the 32 bytes of an Ed25519 public key. retired_at: since when the key no longer signs; None while it may.

    distrusted: its signatures prove nothing, because somebody else may have had the private key.
    """

    id: str
    public: bytes
    made_at: datetime
    retired_at: datetime | None
    distrusted: bool


def key_id(public: bytes) -> str:
    """The id of a key: the first four bytes of SHA-256 of its public half, in hexadecimal."""
    return hashlib.sha256(public).hexdigest()[:8]
