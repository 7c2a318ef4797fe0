"""Keys that sign awards, as everybody may know them."""

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PublishedKey:
    """public: the 32 bytes of an Ed25519 public key. retired_at: since when it signs nothing new; None while it may.

    distrusted: what it signed proves nothing, for somebody else may have had it.
    """

    id: str
    public: bytes
    made_at: datetime
    retired_at: datetime | None
    distrusted: bool


def key_id(public: bytes) -> str:
    """The name of a key: the first four bytes of SHA-256 of its public half, in hexadecimal."""
    return hashlib.sha256(public).hexdigest()[:8]
