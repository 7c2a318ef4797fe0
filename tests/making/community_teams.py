"""Households and visits for tests."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from community_teams.domain.household_lists import NewHousehold
from community_teams.domain.visits import read_visit
from community_teams.models import Household, Visit
from community_teams.services.households import add_households
from community_teams.services.recording import record_visit
from foundation.accounts.models import Person
from foundation.areas.domain.scope import NATION
from tests.making.areas import MakesAreas

# 08:00 on 21 November 2026 in Việt Nam.
MORNING = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


class MakesCommunityTeams(MakesAreas):
    def household(self, hamlet=None, short_code=None, lane="Ngõ 1", label=None, **more) -> Household:
        """A household of its own at every call, counted in its hamlet; a hamlet of its own if none is given."""
        hamlet = hamlet or self.hamlet()
        new = NewHousehold(short_code or f"M1-{self.number():03}", hamlet.code, lane=lane, label=label, **more)
        (household,) = add_households(self.session, [new], now=MORNING, is_sample=hamlet.is_sample)
        self.session.commit()
        return household

    def member(self) -> Person:
        """Somebody who made a visit; cannot sign in."""
        number = self.number()
        return self.add(
            Person(
                name=f"member-{number}",
                display_name=f"Tổ viên {number}",
                password_hash="",
                is_active=True,
                is_sample=False,
                created_at=MORNING,
                session_version=1,
            )
        )

    def visit_record(self, household=None, outcome="met_done", started_at=MORNING, **more) -> dict[str, object]:
        """What a phone sends of one visit, with an id of its own at every call."""
        household = household or self.household()
        return {
            "id": str(more.pop("id", None) or uuid4()),
            "household": str(household.id),
            "outcome": outcome,
            "started_at": started_at.isoformat(),
            "form_version": 1,
            **more,
        }

    def visit(self, household=None, outcome="met_done", member=None, days_ago=0, **more) -> Visit:
        """A recorded and counted visit, made by a new member if none is given."""
        record = self.visit_record(household, outcome, MORNING - timedelta(days=days_ago), **more)
        report = read_visit(record, now=MORNING)
        member = member or self.member()
        record_visit(self.session, report, member=member.id, scope=NATION, now=MORNING)
        self.session.commit()
        return self.session.get_one(Visit, UUID(str(record["id"])))
