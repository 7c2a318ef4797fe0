"""The log only grows."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.exc import DBAPIError

from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AppendOnlyError, AuditEntry
from foundation.accounts.services import record


@pytest.fixture
def entry(session, now):
    entry = record(session, "can-bo-xa", "export_figures", {"rows": 12}, now=now, area_path="38/15607/")
    session.commit()
    return entry


def test_an_entry_cannot_be_changed(session, entry):
    entry.who = "nguoi-khac"

    with pytest.raises(AppendOnlyError):
        session.flush()


def test_an_entry_cannot_be_deleted(session, entry):
    session.delete(entry)

    with pytest.raises(AppendOnlyError):
        session.flush()


@pytest.mark.parametrize(
    "statement",
    [update(AuditEntry).values(who="nguoi-khac"), delete(AuditEntry), text("DELETE FROM audit_entry")],
    ids=["update", "delete", "plain SQL"],
)
def test_the_database_refuses_too(session, entry, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(statement)


def test_an_entry_that_belongs_to_a_failed_change_is_not_kept(session, now):
    record(session, "can-bo-xa", "export_figures", {}, now=now)
    session.rollback()

    assert session.query(AuditEntry).count() == 0


@pytest.fixture
def log(visitor, make, session, now):
    make.commune()
    for number in range(60):
        record(session, f"nguoi-{number % 2}", "export_figures", {"rows": number}, now=now, area_path="38/15607/")
    record(session, "cu", "print_report", {}, now=now - timedelta(days=9), area_path="01/")
    session.commit()
    make.person("quan-tri", Role.ADMIN, "")
    visitor.sign_in("quan-tri")
    return "/quan-ly/nhat-ky"


def rows(page) -> int:
    return page.html.count("<tr>") - 1


def test_the_log_is_turned_page_by_page(visitor, log):
    first = visitor.open(log)
    assert rows(first) == 50

    second = visitor.follow(first, "Xem cũ hơn")
    assert rows(second) == 12
    assert "Xem cũ hơn" not in second.links


def test_the_log_is_narrowed_by_person_act_and_day(visitor, log):
    assert rows(visitor.open(log + "?ai=nguoi-1")) == 30
    assert rows(visitor.open(log + "?viec=print_report")) == 1
    assert rows(visitor.open(log + "?den-ngay=2026-11-20")) == 1
    assert rows(visitor.open(log + "?tu-ngay=21/11/2026&ai=cu", expect=200)) == -1


@pytest.mark.parametrize("query", ["?truoc=99999999999999999999", "?truoc=x", "?ai=%00&viec=%00", "?ai=" + "x" * 900])
def test_a_strange_question_to_the_log_gets_an_answer(visitor, log, query):
    visitor.open(log + query)


def test_a_day_that_is_none_is_said_to_be_none(visitor, log):
    page = visitor.open(log + "?tu-ngay=31/02/2026", expect=422)

    assert "Ngày chưa đúng" in page
    assert "31/02/2026" in page.html


def test_an_officer_reads_the_log_of_their_own_province_only(visitor, make, log):
    make.person("can-bo-tinh", Role.PROVINCE_OFFICER, make.province())
    visitor.send("/dang-xuat")
    visitor.sign_in("can-bo-tinh")

    page = visitor.open(log + "?viec=print_report")
    assert rows(page) == -1
    assert rows(visitor.open(log + "?viec=export_figures")) == 50


def test_a_visitor_reads_no_log(visitor, make, now):
    make.person("to-vien")
    visitor.sign_in("to-vien")

    visitor.open("/quan-ly/nhat-ky", expect=403)
