"""The keys that sign awards: creating, using and retiring them.

A private key is derived from the server's secret key and the salt in its row. So all machines with the same secret key
and database share the keys, a copy of the database alone cannot sign, and there is no key file to lose.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.problems import NotFound
from learning.domain.award_keys import key_id
from learning.models import AwardKey

_PURPOSE = b"binh-dan-hoc-vu-so award key 1"
_SALT_BYTES = 16


@dataclass(frozen=True)
class SigningKey:
    """A key with its private half."""

    id: str
    private: Ed25519PrivateKey

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes_raw()

    @property
    def sign(self) -> Callable[[bytes], bytes]:
        return self.private.sign


def usable_key(session: Session, *, secret: str) -> SigningKey | None:
    """The newest active key that this server's secret key can derive; None if there is none. secret: the server's
    secret key.
    """
    usable = select(AwardKey).where(AwardKey.retired_at.is_(None)).order_by(AwardKey.made_at.desc(), AwardKey.id)
    for row in session.scalars(usable):
        private = _derived(secret, row.salt)
        if private.public_key().public_bytes_raw() == row.public:
            return SigningKey(row.id, private)
    return None


def signing_key(session: Session, *, secret: str, now: datetime) -> SigningKey:
    """Like usable_key; makes a key if there is none. Two machines that make the first key concurrently make two valid
    keys.
    """
    return usable_key(session, secret=secret) or new_key(session, secret=secret, now=now)


def new_key(session: Session, *, secret: str, now: datetime) -> SigningKey:
    """Make a key that signs from now on. Earlier keys stay published and their signatures valid."""
    salt = secrets.token_bytes(_SALT_BYTES)
    private = _derived(secret, salt)
    public = private.public_key().public_bytes_raw()
    row = AwardKey(id=key_id(public), salt=salt, public=public, made_at=now, distrusted=False)
    session.add(row)
    session.flush()
    return SigningKey(row.id, private)


def retire_key(session: Session, id_: str, *, distrust: bool, now: datetime) -> None:
    """Stop a key from signing; with `distrust`, its signatures no longer prove anything. Again: nothing changes.

    Raises NotFound("no_such_key").
    """
    row = session.get(AwardKey, id_)
    if row is None:
        raise NotFound("no_such_key")
    row.retired_at = row.retired_at or now
    row.distrusted = row.distrusted or distrust
    session.flush()


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` over `message` was made with the private half of `public`."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _derived(secret: str, salt: bytes) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=salt, info=_PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)
