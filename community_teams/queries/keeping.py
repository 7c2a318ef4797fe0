"""Answers about areas, kept in memory for as long as nothing beneath the area has changed.

Every commune has a version that changes with whatever is changed beneath it (foundation CommuneVersion). What was read
about an area is kept under the versions beneath it, and used only while they are the same: so a page shows a visit as
soon as it is recorded. What says nothing of visits, such as names, is kept under versions that visits leave alone.
Where a commune has no version, nothing is kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from community_teams.queries.area_versions import Token, token_of, token_of_areas
from foundation.areas.domain.scope import NATION, Scope

T = TypeVar("T")

# How many lines are kept by each process, where a line is what is said of one area: about a kilobyte.
MOST_LINES = 30_000


@dataclass
class _Store:
    """What is kept of one database. paths: code of an area -> path."""

    answers: OrderedDict[Hashable, tuple[Token, Any, int]] = field(default_factory=OrderedDict)
    lines: int = 0
    paths: dict[str, str] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def put(self, key: Hashable, token: Token, answer: Any, weight: int) -> None:
        lines = weight * _lines_of(answer)
        with self.lock:
            self._drop(key)
            self.answers[key] = token, answer, lines
            self.lines += lines
            while self.lines > MOST_LINES:
                self._drop(next(iter(self.answers)))

    def get(self, key: Hashable, token: Token) -> tuple[Token, Any, int] | None:
        with self.lock:
            found = self.answers.get(key)
            if found is None or found[0] != token:
                return None
            self.answers.move_to_end(key)
            return found

    def _drop(self, key: Hashable) -> None:
        self.lines -= self.answers.pop(key, ((), None, 0))[2]


_stores: WeakKeyDictionary[Any, _Store] = WeakKeyDictionary()
_opening = Lock()


def kept(session: Session, scope: Scope, path: str, what: Hashable, read: Callable[[], T], *, weight: int = 1) -> T:
    """What `read` gives, read anew only when something beneath the area has changed. Not to be changed by anybody.

    scope: what `read` may see; where it does not cover the whole area, nothing is kept. path: of the area everything in
    the answer is about; "" for the nation. what: tells the answer from others about the same area, and names whatever
    else it depends on, such as the day. weight: kilobytes of each of its lines.
    """
    # Asked for before reading: then what is kept may be newer than its version, which does no harm, but never older.
    return _kept(session, token_of(session, path) if scope.covers(path) else None, (path, what), read, weight)


def kept_through_visits(session: Session, scope: Scope, path: str, what: Hashable, read: Callable[[], T]) -> T:
    """The same for an answer made of areas alone, their names, places and borders: no visit changes it."""
    return _kept(session, token_of_areas(session, path) if scope.covers(path) else None, (path, what), read)


def _kept(session: Session, token: Token | None, key: Hashable, read: Callable[[], T], weight: int = 1) -> T:
    if token is None:
        return read()
    store = _store(session)
    found = store.get(key, token)
    if found is not None:
        answer: T = found[1]
        return answer
    answer = read()
    store.put(key, token, answer, weight)
    return answer


def kept_by_code_through_visits(session: Session, code: str, read: Callable[[], T], path_of: Callable[[T], str]) -> T:
    """The same where only the code of the area is known. path_of: the area's path, out of the answer."""
    paths = _store(session).paths
    if code not in paths:
        answer = read()
        paths[code] = path_of(answer)
        return answer
    return kept_through_visits(session, NATION, paths[code], ("by code", code), read)


def _store(session: Session) -> _Store:
    database = session.get_bind()
    with _opening:
        return _stores.setdefault(database, _Store())


def _lines_of(answer: Any) -> int:
    lines = getattr(answer, "lines", answer)
    return 1 + (len(lines) if hasattr(lines, "__len__") else 0)
