"""A PostgreSQL server in recovery, and one whose disk is full: pages are read on, what is written is kindly put off."""

import json
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from community_teams.models import HeldVisit, Visit
from foundation.accounts.domain.roles import Role
from foundation.readiness import Readiness
from foundation.storage_faults import StorageFault, storage_fault
from tests.visitor import Visitor

READ = ("/", "/do-phu", "/doi-so?trang=thuong", "/api/v1/worklist", "/healthz")
# Who took names out of the house is written down first; so is the number of a new list of letters.
WRITTEN_DOWN = (".csv", ".xlsx", "/tinh-trang.json")
NEWS = "Máy chủ chưa ghi được lúc này"


@pytest.fixture
def on_postgresql(database_kind):
    if database_kind != "postgresql":
        pytest.skip("PostgreSQL alone; SQLite's are in test_storage_faults.py")


@contextmanager
def in_recovery(engine):
    """New transactions only read, unless they ask for more."""
    with engine.connect() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        connection.commit()
    engine.dispose()
    try:
        yield
    finally:
        with engine.connect() as connection:
            connection.execute(text("SET default_transaction_read_only = off"))
            connection.commit()
            connection.execute(text(f'ALTER DATABASE "{name}" RESET default_transaction_read_only'))
            connection.commit()
        engine.dispose()


@contextmanager
def refusing_writes(engine, sqlstate):
    """Every write is answered by the server itself with this SQLSTATE."""
    written = ("INSERT", "UPDATE", "DELETE")

    def no_room(_connection, _cursor, statement, parameters, _context, many):
        if not statement.lstrip().upper().startswith(written):
            return statement, parameters
        refusal = f"DO $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '{sqlstate}'; END $$"
        return refusal, [{}] if many else {}

    event.listen(engine, "before_cursor_execute", no_room, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", no_room)


# What a standby answers, and a server whose disk has no room left.
TROUBLES = {"in recovery": "25006", "full disk": "53100"}


@pytest.fixture(params=TROUBLES)
def trouble(request, on_postgresql, engine):
    return lambda: refusing_writes(engine, TROUBLES[request.param])


def test_the_troubles_are_what_they_are_taken_for(trouble, engine):
    with (
        trouble(),
        pytest.raises(DBAPIError) as raised,
        engine.begin() as connection,
    ):
        connection.execute(text("DELETE FROM throttle_bucket"))

    expected = {"25006": StorageFault.READ_ONLY, "53100": StorageFault.FULL}
    assert storage_fault(raised.value) is expected[raised.value.orig.sqlstate]


def test_pages_are_read_on_and_what_is_written_is_put_off(trouble, visitor, make, app, session, now):
    hamlet = make.hamlet()
    member, household = make.person(area=hamlet), make.household(hamlet)
    officer = Visitor(app)
    officer.sign_in(make.person(role=Role.COMMUNE_OFFICER, area=make.commune()).name)
    visitor.sign_in(member.name)
    device = str(uuid4())
    batch = {"batch": str(uuid4()), "device": device, "pending": 1, "visits": [make.visit_record(household)]}
    session.commit()

    with trouble():
        for address in READ:
            assert visitor.client.get(address).status_code == 200, address
        stranger = Visitor(app).client.post("/dang-nhap", data={"name": member.name, "password": "mat-khau-sai"})
        sent = visitor.client.post("/api/v1/visits", json=batch)
        form = officer.client.post("/quan-ly/may/" + device + "/ngat")
        asked = visitor.client.get("/api/v1/worklist", headers={"X-Device": device})

    for answer in (stranger, sent):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert NEWS in stranger.text
    told = json.loads(sent.text)
    assert (told["code"], sent.mimetype) == ("read_only", "application/problem+json")
    assert form.status_code in {404, 503}
    # Noting that a phone was heard of keeps its list from nobody.
    assert asked.status_code in {200, 503}

    # The phone kept its visit: sent again, once all is well, it is there, once.
    again = visitor.client.post("/api/v1/visits", json=batch)
    assert [each["outcome"] for each in json.loads(again.text)["results"]] == ["stored"]
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Visit)) == 1
    assert session.scalar(select(func.count()).select_from(HeldVisit)) == 0


def test_every_page_that_is_opened_answers_without_a_fault_of_ours(trouble, visitor, make, app):
    visitor.sign_in(make.person(role=Role.COMMUNE_OFFICER, area=make.commune()).name)
    addresses = sorted(
        rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments
    )
    with trouble():
        answers = {address: visitor.client.get(address) for address in addresses}

    assert len(answers) > 50
    faulty = {address: answer.status_code for address, answer in answers.items() if answer.status_code >= 500}
    assert set(faulty.values()) <= {503}, faulty
    assert {address for address in faulty if not address.endswith(WRITTEN_DOWN)} <= {"/readyz"}, faulty
    assert all(answers[address].headers["Retry-After"] == "60" for address in faulty if address != "/readyz")


def test_whether_the_platform_is_ready_is_told_and_in_a_sentence(on_postgresql, engine, app, visitor, monkeypatch):
    # Without what other tests met a moment ago.
    monkeypatch.setitem(app.extensions, "readiness", Readiness(app))
    with in_recovery(engine):
        answer = visitor.client.get("/readyz")
        doctor = app.test_cli_runner().invoke(args=["doctor"])

    assert answer.status_code == 503
    assert json.loads(answer.text)["checks"]["database"]["code"] == "read_only"
    assert "Cơ sở dữ liệu chỉ đọc được." in json.loads(answer.text)["checks"]["database"]["sentence"]
    assert "khôi phục" in doctor.output
