"""Of many things of which one has changed, that one is made anew."""

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Unchanged(Generic[T]):
    """What was made of some parts, kept by key for as long as the parts are equal; not to be changed by anybody.

    Equal parts give the very same thing again, so that whatever is made of that needs no second look either. most: how
    many are kept; beyond that all are forgotten, and made anew as they are asked for.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: dict[Hashable, tuple[tuple[Any, ...], T]] = {}

    def of(self, key: Hashable, parts: tuple[Any, ...], make: Callable[..., T]) -> T:
        """make: gives the thing, of the parts and of nothing else."""
        kept = self._made.get(key)
        if kept is not None and kept[0] == parts:
            return kept[1]
        made = make(*parts)
        if len(self._made) >= self._most:
            self._made = {}
        self._made[key] = parts, made
        return made
