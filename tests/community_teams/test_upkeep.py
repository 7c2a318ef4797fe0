"""What `flask doctor` says of phones: silent ones, and what most of them say of the server's clock."""

from datetime import timedelta
from uuid import uuid4

import pytest

from community_teams.models import Device
from community_teams.queries.upkeep import stored_visits
from community_teams.views.upkeep import check_phones


def codes(app):
    return {finding.code for finding in check_phones(app)}


@pytest.mark.parametrize(
    ("days", "pending", "found"),
    [(15, 3, {"silent_phones"}), (13, 3, set()), (15, 0, set()), (15, None, set())],
)
def test_a_phone_that_holds_visits_and_is_silent(app, session, make, now, days, pending, found):
    seen = now - timedelta(days=days)
    phone = Device(id=uuid4(), person_id=make.person().id, first_seen=seen, last_seen=seen, pending_reported=pending)
    session.add(phone)
    session.commit()

    assert codes(app) == found


@pytest.mark.parametrize(
    ("phones", "offset", "found"),
    [
        (5, 600, {"clock_differs_from_phones"}),
        (5, -600, {"clock_differs_from_phones"}),
        (5, 200, set()),
        (4, 600, set()),
    ],
)
def test_a_server_clock_ten_minutes_off_is_noticed_by_what_phones_show(app, session, make, now, phones, offset, found):
    for _ in range(phones):
        visit = make.visit()
        visit.device, visit.clock_offset, visit.received_at = uuid4(), offset, now
    session.commit()

    assert codes(app) == found


def test_visits_are_counted(session, make):
    before = stored_visits(session)
    make.visit()

    assert stored_visits(session) == before + 1
