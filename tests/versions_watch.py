"""Sees to it that no service changes hamlets or their counters without giving their communes new versions.

Sums over many hamlets are kept until a version changes (docs/decisions/sums-kept-by-version.md), so a service that
forgets it makes pages that are wrong until something else happens there. Every test that runs such a service on the
database notices, whatever it is about.
"""

import re
import sys
from pathlib import Path
from types import FrameType

from sqlalchemy import Connection, event

HOUSE = Path(__file__).parent.parent
# The lock of a hamlet gives it a number, and a row without counts: nothing that a page shows.
_COUNTED = re.compile(
    r"(?:INSERT INTO|UPDATE|DELETE FROM|COPY) (?:hamlet_total|hamlet_week|area)\b(?!.*SET change =)", re.S
)
_RENEWED = re.compile(r"(?:INSERT INTO|UPDATE) commune_version\b")
_AREAS = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM|COPY) area\b")
_AREAS_RENEWED = re.compile(r"(?:INSERT INTO|UPDATE) commune_version\b.*\bareas *= ", re.S)
_SERVICES = tuple(
    f"{HOUSE / room}/" for room in ("community_teams/services", "community_teams/sample", "foundation/areas/services")
)


class Watch:
    """forgotten: statements that changed what is counted, with nothing renewed before the commit."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._begin()
        self.forgotten: list[str] = []
        event.listen(connection, "before_cursor_execute", self._note)

    def committed(self, session) -> None:
        """To be called after each commit of a session on the connection."""
        if session.in_nested_transaction():
            return
        # Before or after makes no difference: both are seen together.
        if not self._renewed:
            self.forgotten += self._open
        if not self._areas_renewed:
            self.forgotten += self._open_areas
        self._begin()

    def undone(self, session) -> None:
        if not session.in_nested_transaction():
            self._begin()

    def end(self) -> None:
        event.remove(self._connection, "before_cursor_execute", self._note)

    def _begin(self) -> None:
        self._open: list[str] = []
        self._open_areas: list[str] = []
        self._renewed = self._areas_renewed = False

    def _note(self, _connection, _cursor, statement: str, *_rest: object) -> None:
        if _RENEWED.match(statement):
            self._renewed = True
            self._areas_renewed |= bool(_AREAS_RENEWED.match(statement))
        elif _COUNTED.match(statement) and (who := _service()):
            (self._open_areas if _AREAS.match(statement) else self._open).append(f"{who}: {statement[:80]}")


def _service() -> str:
    """The service that is at work; "" for a test that writes rows itself."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename.startswith(_SERVICES):
            return f"{frame.f_code.co_filename.removeprefix(f'{HOUSE}/')} {frame.f_code.co_name}"
        frame = frame.f_back
    return ""
