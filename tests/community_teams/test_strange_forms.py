"""Whatever a browser sends to the forms of a visit is answered, and what is refused leaves nothing behind."""

import random

import pytest
from sqlalchemy import func, select

from community_teams.models import Household, Issue, Visit
from community_teams.models.issue_steps import IssueStep
from foundation.accounts.domain.roles import Role
from tests.forms import untouched

JUNK = (
    *(
        "",
        " ",
        "\x00",
        "a\x00b",
        "-1",
        "1.5",
        "é" * 600,
        "<b>",
        "'",
        "None",
        "true",
        "2026-99-99",
        "٣",
        "１",
        "²",
        "[]",
    ),
    *("{}", "\r\n", "038085001234", "x" * 5000, "\u202e", "9" * 40, "01-2", "12"),
)
# Names no honest form sends, or not in this place.
STRANGE = (
    *("hamlet", "add_household", "unnamed", "consent", "people.0", "people.0.skills", "issues", "issues.0", "size"),
    *("x.y.z.w.v", "before.size.adults", "before_on", "supersedes", "id", "step", "lessons.0", "people.99.sex"),
)


@pytest.mark.parametrize("which", ["form", "desk", "paper", "issue"])
def test_strange_forms_of_every_kind_are_answered(visitor, make, now, session, which):
    hamlet = make.hamlet()
    household = make.household(hamlet, "M1-001")
    consent = {"level": "code", "text_version": "2026-11", "how": "spoken"}
    make.visit(household, issues=[{"type": "signal"}], consent=consent, size={"adults": 3})
    issue_id = session.scalars(select(Issue.id)).one()
    visitor.sign_in(make.person(role=Role.TEAM_LEADER, area=make.commune()).name)
    address = {
        "form": f"/doi-so/ho/{household.id}/tham",
        "desk": "/doi-so/ban-ho-tro",
        "paper": f"/doi-so/{hamlet.code}/nhap-phieu",
        "issue": f"/quan-ly/vuong-mac/{issue_id}",
    }[which]
    form = untouched(visitor.open(address), address)
    chance = random.Random(which)

    def kept():
        return [session.scalar(select(func.count()).select_from(t)) for t in (Visit, Household, Issue, IssueStep)]

    for _ in range(25):
        told = form | {name: chance.choice(JUNK) for name in chance.sample([*form, *STRANGE], chance.randint(1, 5))}
        before = kept()
        answer = visitor.client.post(address, data=told)
        assert answer.status_code in {303, 409, 422}, told
        if answer.status_code != 303:
            assert kept() == before
