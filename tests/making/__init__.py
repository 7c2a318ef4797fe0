"""`make.<thing>()` puts a thing into the test database; every argument has a sensible value.

Each feature adds its own maker class here.
"""

from tests.making.accounts import MakesAccounts
from tests.making.community_teams import MakesCommunityTeams
from tests.making.courses import MakesCourses
from tests.making.learning import MakesLearning


class Make(MakesAccounts, MakesCommunityTeams, MakesCourses, MakesLearning):
    """Every maker in one; those of areas come with the first two."""
