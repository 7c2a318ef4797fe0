"""Hashes and verifies passwords with Argon2id."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from foundation.accounts.domain.passwords import LONGEST, normalise

# OWASP's least for Argon2id: 19 MiB and two passes, 25 ms here. The library's own default takes 150 ms and 64 MiB
# on two small cores, and the 50 people of a training class sign in within the same minute.
hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    return hasher.hash(normalise(password))


def is_right(stored_hash: str | None, password: str) -> bool:
    """Whether `password` matches `stored_hash`.

    None, for an account that does not exist, takes as long as a wrong password and never matches.
    """
    decoy = _decoy()
    try:
        # Cut to one more than the longest password, so that no megabytes are hashed.
        right = hasher.verify(stored_hash or decoy, normalise(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return right and stored_hash is not None


def is_outdated(stored_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's, and should be made again at the next sign-in."""
    return hasher.check_needs_rehash(stored_hash)


@cache
def _decoy() -> str:
    return hasher.hash("nobody has this password")
