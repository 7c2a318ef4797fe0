"""`make.<thing>()` puts a thing into the test database; every argument has a sensible value.

Each feature adds its own maker class here.
"""

from sqlalchemy.orm import Session

from tests.making.accounts import MakesAccounts
from tests.making.areas import MakesAreas
from tests.making.community_teams import MakesCommunityTeams
from tests.making.courses import MakesCourses
from tests.making.learning import MakesLearning


class Make(MakesAccounts, MakesAreas, MakesCommunityTeams, MakesCourses, MakesLearning):
    def __init__(self, session: Session) -> None:
        self.session = session
        self._next = 0

    def number(self) -> int:
        """1, 2, 3… within one test."""
        self._next += 1
        return self._next

    def add(self, thing):
        self.session.add(thing)
        self.session.commit()
        return thing
