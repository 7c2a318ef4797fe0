"""The first and last values that are taken, as numbers: moving any limit by one fails here."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from community_teams.domain.codes import IssueStatus
from community_teams.domain.issues import is_overdue, read_change
from community_teams.domain.visits import clock_error, clock_offset_of, read_visit
from community_teams.models import HamletTotal, Visit
from community_teams.planning.domain import read_plan_request
from community_teams.services.recounting import recount
from foundation.areas.domain.scope import NATION
from foundation.problems import Invalid

NOON = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
VISIT = {
    "id": "019aa1b2-0000-7000-8000-000000000001",
    "household": "7c0e0000-0000-4000-8000-000000000001",
    "outcome": "met_done",
    "started_at": "2026-11-21T08:30:00+07:00",
    "form_version": 1,
}


def fault_of(read, field):
    """The code the field is refused with; "" if it is taken."""
    try:
        read()
    except Invalid as refused:
        return refused.fields.get(field, "")
    return ""


@pytest.fixture
def send(visitor, make, now):
    """Sends `number` visits to one household each, in one batch; gives the answer."""
    hamlet = make.hamlet()
    household = make.household(hamlet)
    visitor.sign_in(make.person("to-vien-mau", area=hamlet).name)

    def sent(number):
        visits = [make.visit_record(household) for _ in range(number)]
        batch = {"batch": str(uuid4()), "device": str(uuid4()), "pending": number, "visits": visits}
        return visitor.client.post("/api/v1/visits", json=batch)

    return sent


def test_200_visits_are_stored_in_one_batch(send, session, now):
    answer = send(200)

    assert answer.status_code == 200
    assert [result["outcome"] for result in answer.json["results"]] == ["stored"] * 200
    assert session.scalar(select(func.count()).select_from(Visit)) == 200
    assert session.scalar(select(HamletTotal.met_done)) == 200
    assert recount(session, NATION, now=now) == []


def test_of_201_visits_in_one_batch_none_is_stored(send, session):
    answer = send(201)

    assert (answer.status_code, answer.json["code"]) == (413, "too_many_visits")
    assert session.scalar(select(func.count()).select_from(Visit)) == 0


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("started_at", "2022-03-04T23:59:59+07:00", "too_long_ago"),
        ("started_at", "2022-03-05T00:00:00+07:00", ""),
        ("started_at", "2026-11-21T12:15:00+07:00", ""),  # a quarter of an hour from now
        ("started_at", "2026-11-21T12:15:01+07:00", "in_the_future"),
        ("next_visit_on", "2026-11-20", "before_visit"),
        ("next_visit_on", "2026-11-21", ""),
        ("next_visit_on", "2027-11-22", ""),  # 366 days
        ("next_visit_on", "2027-11-23", "too_far_ahead"),
        ("ended_at", "2026-11-21T08:29:59+07:00", "before_start"),
        ("ended_at", "2026-11-21T08:30:00+07:00", ""),
        ("ended_at", "2026-11-22T08:30:00+07:00", ""),  # a day
        ("ended_at", "2026-11-22T08:30:01+07:00", "out_of_range"),
    ],
)
def test_the_first_and_last_moment_of_a_visit(field, value, code):
    assert fault_of(lambda: read_visit(VISIT | {field: value}, now=NOON), field) == code


@pytest.mark.parametrize(
    ("field", "value", "most"),
    [("people", {"age_band": "60-69"}, 10), ("issues", {"type": "signal"}, 5)],
)
def test_the_longest_list_of_a_visit(field, value, most):
    agreed = VISIT | {"consent": {"level": "code", "text_version": "2026-11", "how": "spoken"}}

    assert len(getattr(read_visit(agreed | {field: [value] * most}, now=NOON), field)) == most
    assert fault_of(lambda: read_visit(agreed | {field: [value] * (most + 1)}, now=NOON), field) == "too_many"


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2026-11-20", "already_past"),
        ("2026-11-21", ""),
        ("2027-11-22", ""),  # 366 days
        ("2027-11-23", "too_far_ahead"),
    ],
)
def test_the_last_day_of_a_plan_and_of_an_issue(day, code):
    assert fault_of(lambda: read_plan_request({"finish_on": day}, today=TODAY), "finish_on") == code
    assert fault_of(lambda: read_change({"status": "new", "due": day}, due=None, today=TODAY), "due") == code


def test_an_issue_is_overdue_the_day_after_its_last():
    assert not is_overdue(IssueStatus.NEW, TODAY, today=TODAY)
    assert is_overdue(IssueStatus.NEW, TODAY - timedelta(days=1), today=TODAY)


@pytest.mark.parametrize(("seconds", "error"), [(900, 0), (901, 901), (-900, 0), (-901, -901)])
def test_a_clock_is_wrong_from_a_second_over_15_minutes(seconds, error):
    assert clock_error(seconds) == timedelta(seconds=error)


@pytest.mark.parametrize(("seconds", "offset"), [(0, 23_790 * 86_400), (1, None)])
def test_a_clock_further_off_than_23790_days_is_no_clock(seconds, offset):
    told = timedelta(days=23_790, seconds=seconds)

    assert clock_offset_of(NOON + told, NOON) == offset
    assert clock_offset_of(NOON - told, NOON) == (offset and -offset)
