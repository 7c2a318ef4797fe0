"""Permissions: one table from roles to acts. Source of the roles: facts 7.5."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from foundation.areas.domain.scope import Scope


class Act(StrEnum):
    """Something a person does, or a kind of thing they may look at."""

    SEE_HOUSEHOLDS = "see_households"  # single households and their visits
    RECORD_VISIT = "record_visit"
    SETTLE_VISITS = "settle_visits"  # choose between conflicting visits; merge households listed twice
    HANDLE_ISSUES = "handle_issues"  # take an issue on, set its day, pass it on; seeing it is SEE_HOUSEHOLDS
    HELP_LEARNERS = "help_learners"  # sit beside somebody who learns, wake a learning card
    TEACH = "teach"  # hold a class evening: see who comes, say who did what, have their letters made
    SEE_LEARNING = "see_learning"  # sums of who learned what; nobody by name
    SEE_COVERAGE = "see_coverage"  # inside figures, also those that the public page hides
    PRINT_REPORT = "print_report"
    EXPORT_FIGURES = "export_figures"
    SEE_TEAMS = "see_teams"
    MANAGE_TEAMS = "manage_teams"
    MANAGE_HAMLETS = "manage_hamlets"
    SEE_ACCOUNTS = "see_accounts"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_AUDIT = "see_audit"
    EDIT_CONTENT = "edit_content"
    SEE_PILOTS = "see_pilots"  # pilot models that are not public yet
    WRITE_PILOTS = "write_pilots"
    PUBLISH_PILOTS = "publish_pilots"  # put a pilot model before everybody, and take it down again
    REVOKE_LETTERS = "revoke_letters"  # letters of completion know no area: for those who answer for a province


class Role(StrEnum):
    """What somebody is to an area. The Vietnamese name of each is in `accounts/words.html`."""

    VISITOR = "visitor"  # tổ viên
    TEAM_LEADER = "team_leader"  # tổ trưởng
    COMMUNE_OFFICER = "commune_officer"
    PROVINCE_OFFICER = "province_officer"
    LEADER_READONLY = "leader_readonly"
    CONTENT_EDITOR = "content_editor"
    ADMIN = "admin"


_FIGURES = {Act.SEE_COVERAGE, Act.SEE_LEARNING, Act.PRINT_REPORT, Act.EXPORT_FIGURES, Act.SEE_TEAMS}

# Single households are visible to people who know them in person; a province and an administrator see sums only.
ROLES: dict[Role, frozenset[Act]] = {
    Role.VISITOR: frozenset({Act.SEE_HOUSEHOLDS, Act.RECORD_VISIT, Act.HELP_LEARNERS, Act.TEACH, Act.SEE_COVERAGE}),
    Role.TEAM_LEADER: frozenset(
        {
            Act.SEE_HOUSEHOLDS,
            Act.RECORD_VISIT,
            Act.SETTLE_VISITS,
            Act.HANDLE_ISSUES,
            Act.HELP_LEARNERS,
            Act.TEACH,
            Act.SEE_LEARNING,
            Act.SEE_COVERAGE,
            Act.PRINT_REPORT,
            Act.SEE_TEAMS,
            Act.SEE_PILOTS,
            Act.WRITE_PILOTS,
        }
    ),
    Role.COMMUNE_OFFICER: frozenset(
        _FIGURES
        | {
            Act.SEE_HOUSEHOLDS,
            Act.SETTLE_VISITS,
            Act.HANDLE_ISSUES,
            Act.MANAGE_TEAMS,
            Act.MANAGE_HAMLETS,
            Act.SEE_ACCOUNTS,
            Act.SEE_PILOTS,
            Act.WRITE_PILOTS,
            Act.PUBLISH_PILOTS,
        }
    ),
    Role.PROVINCE_OFFICER: frozenset(
        _FIGURES
        | {
            Act.MANAGE_HAMLETS,
            Act.SEE_ACCOUNTS,
            Act.SEE_AUDIT,
            Act.SEE_PILOTS,
            Act.PUBLISH_PILOTS,
            Act.REVOKE_LETTERS,
        }
    ),
    Role.LEADER_READONLY: frozenset({Act.SEE_COVERAGE, Act.SEE_LEARNING, Act.PRINT_REPORT, Act.SEE_TEAMS}),
    Role.CONTENT_EDITOR: frozenset({Act.EDIT_CONTENT, Act.SEE_LEARNING}),
    Role.ADMIN: frozenset(
        _FIGURES
        | {
            Act.MANAGE_TEAMS,
            Act.MANAGE_HAMLETS,
            Act.SEE_ACCOUNTS,
            Act.MANAGE_ACCOUNTS,
            Act.SEE_AUDIT,
            Act.EDIT_CONTENT,
            Act.REVOKE_LETTERS,
        }
    ),
}

# On which depths of the area tree a role may be held: 0 the nation, 1 a province, 2 a commune, 3 a hamlet.
DEPTHS: dict[Role, frozenset[int]] = {
    Role.VISITOR: frozenset({3}),
    Role.TEAM_LEADER: frozenset({2, 3}),
    Role.COMMUNE_OFFICER: frozenset({2}),
    Role.PROVINCE_OFFICER: frozenset({1}),
    Role.LEADER_READONLY: frozenset({0, 1, 2}),
    Role.CONTENT_EDITOR: frozenset({0, 1}),
    Role.ADMIN: frozenset({0, 1}),
}


@dataclass(frozen=True)
class Holding:
    """A role held in an area. valid_from, valid_to: days in Việt Nam, both included; no valid_to means until ended."""

    role: Role
    area_path: str
    valid_from: date
    valid_to: date | None

    def in_force(self, today: date) -> bool:
        return self.valid_from <= today and (self.valid_to is None or today <= self.valid_to)


def fits(role: Role, area_path: str) -> bool:
    """Whether `role` may be held in the area at `area_path`, by the area's depth."""
    return area_path.count("/") in DEPTHS[role]


def reach(holdings: Iterable[Holding], act: Act, today: date) -> Scope:
    """Where somebody with these holdings may do `act` today: nowhere, if none of their roles has the act.

    Two hamlets stay two paths, in order; an area beneath another one held is left out.
    """
    held = sorted({h.area_path for h in holdings if act in ROLES[h.role] and h.in_force(today)})
    outermost: list[str] = []
    for path in held:
        if not path.startswith(tuple(outermost)):
            outermost.append(path)
    return Scope(tuple(outermost))


# Records made while somebody held a role are accepted for so long after the role ended, because phones may be offline
# for weeks.
LATE = timedelta(days=30)


def late_reach(holdings: Iterable[Holding], act: Act, day: date, today: date) -> Scope:
    """Where somebody could do `act` on a day that has passed, counting only roles that have not ended more than LATE
    before today."""
    lasting = [h for h in holdings if h.valid_to is None or h.valid_to >= today - LATE]
    return reach(lasting, act, day)


def acts_of(holdings: Iterable[Holding], today: date) -> frozenset[Act]:
    """Everything these holdings allow somewhere today."""
    return frozenset(act for h in holdings if h.in_force(today) for act in ROLES[h.role])
