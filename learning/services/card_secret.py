"""The stored hash of a card's four pictures.

There are only 11,880 orders, so a slow hash alone is not enough: with a copy of the table all orders could be tried in
five minutes per card. The order is therefore combined with a key that is not in the database, then hashed slowly with a
salt.
"""

import hmac
from collections.abc import Sequence

from foundation.accounts import passwords


def hash_of_order(key: str, code: str, order: Sequence[str]) -> str:
    """key: the server's secret. The hash is bound to the card's code."""
    return passwords.hash_password(_bound(key, code, order))


def is_right_order(stored_hash: str, key: str, code: str, order: Sequence[str]) -> bool:
    return passwords.is_right(stored_hash or None, _bound(key, code, order))


def _bound(key: str, code: str, order: Sequence[str]) -> str:
    return hmac.digest(key.encode(), f"card {code} {' '.join(order)}".encode(), "sha256").hex()
