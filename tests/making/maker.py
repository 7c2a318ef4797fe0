"""What the makers of all features share."""

from typing import TypeVar

from sqlalchemy.orm import Session

from foundation.database import Base

Row = TypeVar("Row", bound=Base)


class Maker:
    """Puts rows into the test database."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._next = 0

    def number(self) -> int:
        """1, 2, 3… within one test."""
        self._next += 1
        return self._next

    def add(self, row: Row) -> Row:
        self.session.add(row)
        self.session.commit()
        return row
