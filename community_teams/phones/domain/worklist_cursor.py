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

    change: every change with a smaller number was told, and of this one those up to the household `after`, or all of
    them where that is None; 0 is nothing. own: whether names were told.
    """

    change: int = 0
    after: UUID | None = None
    own: bool = False


@dataclass(frozen=True)
class Cursor:
    """What one member's phone has been told.

    person: id of the member; a cursor is nobody else's. hamlets: by code. told: fingerprint of the list of hamlets.
    """

    person: int
    hamlets: Mapping[str, Position] = field(default_factory=dict)
    told: int = 0

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
        return [_SHAPE, self.person, self.told, positions]

    @classmethod
    def from_json(cls, told: Any) -> Self | None:
        """The cursor of `as_json`; None for one of an earlier shape. Only for values whose seal was found whole."""
        if not told or told[0] != _SHAPE:
            return None
        _, person, hamlets_told, positions = told
        return cls(
            person,
            {
                code: Position(change, UUID(after[0]) if after else None, bool(own))
                for code, change, own, *after in positions
            },
            hamlets_told,
        )


def fingerprint(values: Iterable[object]) -> int:
    """A number that changes with the values, small enough to travel in every cursor."""
    return zlib.crc32("\n".join(map(str, values)).encode())
