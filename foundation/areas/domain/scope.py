"""A scope: a set of areas, each with everything below it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scope:
    """Areas somebody may see or work in, by path.

    paths: each ends with "/", such as "38/" (a province), "38/15607/" (a commune), "38/15607/15607-003/" (a hamlet);
    the empty path is the whole nation. A scope without paths covers nothing.
    """

    paths: tuple[str, ...]

    def __post_init__(self) -> None:
        for path in self.paths:
            if path and not path.endswith("/"):
                # "38" would also cover a province "381/".
                raise ValueError(f"not an area path: {path!r}")

    @property
    def is_nation(self) -> bool:
        return "" in self.paths

    def covers(self, path: str) -> bool:
        """Whether the area at `path` is one of these areas or lies beneath one."""
        return path.startswith(self.paths)


NATION = Scope(("",))
NOWHERE = Scope(())
