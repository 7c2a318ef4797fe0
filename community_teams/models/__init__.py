"""The tables of the community teams."""

from community_teams.models.communes import CommuneTotal, CommuneWeek, ProvinceWeek
from community_teams.models.counters import HamletDay, HamletTotal
from community_teams.models.devices import Device, Storage
from community_teams.models.held_visits import HeldVisit, Settlement, WhyHeld
from community_teams.models.households import AnonymousVisit, Household, HouseholdGone
from community_teams.models.visits import Issue, Visit, VisitPerson
from community_teams.models.weeks import HamletBase, HamletWeek, MemberDay

__all__ = [
    "AnonymousVisit",
    "CommuneTotal",
    "CommuneWeek",
    "Device",
    "HamletBase",
    "HamletDay",
    "HamletTotal",
    "HamletWeek",
    "HeldVisit",
    "Household",
    "HouseholdGone",
    "Issue",
    "MemberDay",
    "ProvinceWeek",
    "Settlement",
    "Storage",
    "Visit",
    "VisitPerson",
    "WhyHeld",
]
