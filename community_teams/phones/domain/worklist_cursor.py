"""How far a phone has read the lists of its hamlets: one position a hamlet, never a single number for all."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID

_SHAPE = 1


@dataclass(frozen=True)
class Position:
    """How far one hamlet's changes were read.

    change: every change with a smaller number was sent, and of this one those up to the household `after`, or all of
    them where that is None; 0 is nothing. own: whether names were sent.
    """

    change: int = 0
    after: UUID | None = None
    own: bool = False


@dataclass(frozen=True)
class Cursor:
    """What one member's phone has been sent.

    person: id of the member; a cursor is nobody else's. hamlets: by code. hamlets_hash: hash of the list of hamlets.
    """

    person: int
    hamlets: Mapping[str, Position] = field(default_factory=dict)
    hamlets_hash: int = 0

    def at(self, hamlet: str, position: Position) -> Self:
        return replace(self, hamlets={**self.hamlets, hamlet: position})

    def without(self, hamlet: str) -> Self:
        return replace(self, hamlets={code: at for code, at in self.hamlets.items() if code != hamlet})

    def as_json(self) -> list[Any]:
        """Plain values that `from_json` reads again."""
        positions = [
            [code, at.change, int(at.own), *([at.after.hex] if at.after else [])]
            for code, at in sorted(self.hamlets.items())
        ]
        return [_SHAPE, self.person, self.hamlets_hash, positions]

    @classmethod
    def from_json(cls, values: Any) -> Self | None:
        """The cursor of `as_json`; None for one of an earlier shape. Only for values whose seal was found whole."""
        if not values or values[0] != _SHAPE:
            return None
        _, person, hamlets_hash, positions = values
        return cls(
            person,
            {
                code: Position(change, UUID(after[0]) if after else None, bool(own))
                for code, change, own, *after in positions
            },
            hamlets_hash,
        )


def fingerprint(values: Iterable[object]) -> int:
    """A hash of the values, small enough for every cursor."""
    return zlib.crc32("\n".join(map(str, values)).encode())
