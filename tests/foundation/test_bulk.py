"""Many rows at once: the same rows and the same errors, whichever way the database takes them."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError

from community_teams.domain.codes import Outcome
from community_teams.models import AnonymousVisit
from foundation.accounts.models import AuditEntry
from foundation.bulk import insert_rows


def test_every_kind_of_value_comes_back(session):
    what = {"tên": "Bản Mẫu\t1\n\\N", "n": [0, None, True]}
    at = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)
    rows = [{"who": who, "act": "thử", "what": what, "area_path": "38/", "at": at} for who in ("một", "hai\\")]

    insert_rows(session.connection(), AuditEntry.__table__, rows)

    kept = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.who, entry.what, entry.at) for entry in kept] == [("một", what, at), ("hai\\", what, at)]


def test_codes_and_gaps_are_written_as_elsewhere(session, make):
    household = make.household()
    row = {"household_id": household.id, "day": date(2026, 11, 21), "outcome": Outcome.MOVED, "next_visit_on": None}

    insert_rows(session.connection(), AnonymousVisit.__table__, [row])

    anonymous = session.scalars(select(AnonymousVisit)).one()
    assert (anonymous.household_id, anonymous.outcome, anonymous.next_visit_on) == (household.id, Outcome.MOVED, None)


def test_one_bad_row_leaves_none_behind(session, make):
    household = make.household()
    good = {"household_id": household.id, "day": date(2026, 11, 21), "outcome": Outcome.MOVED, "next_visit_on": None}

    with pytest.raises((IntegrityError, DataError)), session.begin_nested():
        insert_rows(session.connection(), AnonymousVisit.__table__, [good, good | {"household_id": uuid4()}])

    assert session.scalars(select(AnonymousVisit)).all() == []


def test_no_rows_are_no_statement(session, count_statements):
    connection = session.connection()
    del count_statements[:]

    insert_rows(connection, AnonymousVisit.__table__, [])

    assert count_statements == []
