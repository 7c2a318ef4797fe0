"""The tables of the community teams."""

from community_teams.models.counters import HamletDay, HamletTotal
from community_teams.models.held_visits import HeldVisit, Settlement, WhyHeld
from community_teams.models.households import Household, Knock
from community_teams.models.visits import Issue, Visit, VisitPerson

__all__ = [
    "HamletDay",
    "HamletTotal",
    "HeldVisit",
    "Household",
    "Issue",
    "Knock",
    "Settlement",
    "Visit",
    "VisitPerson",
    "WhyHeld",
]
