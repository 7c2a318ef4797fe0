import csv
import io
import re
from html import unescape

import pytest
from openpyxl import load_workbook
from uuid_utils.compat import uuid7

from foundation.accounts.domain.roles import Role
from learning.domain.learning_report import Sums, suppressed_rows
from learning.models import ClassEvening, ClassLearner, DoneTogether


@pytest.fixture
def course(teach, make):
    return teach(make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai"))))


@pytest.fixture
def evening(session, make, now):
    def put(hamlet, *learners, together=()):
        row = ClassEvening(
            id=uuid7(),
            area_path=hamlet.path,
            course="khoa-mau",
            lessons=["mot", "hai"],
            held_on=now.date(),
            teacher="Vi Thị Mẫu",
            made_by="co-giao",
            made_at=now,
        )
        session.add(row)
        session.flush()
        session.add_all(ClassLearner(evening=row.id, learner=each, name="", joined_at=now) for each in learners)
        session.flush()
        session.add_all(
            DoneTogether(evening=row.id, learner=each, lesson=lesson, observed_by="co-giao", observed_at=now)
            for each in together
            for lesson in ("mot", "hai")
        )
        session.commit()

    return put


def tables_of(html):
    """{id of a table: its rows as words}"""
    found = {}
    for name, body in re.findall(r'<table class="report-table" id="([^"]+)">.*?<tbody>(.*?)</tbody>', html, re.S):
        rows = [
            re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in re.findall(r"<tr>(.*?)</tr>", body, re.S)
        ]
        found[name] = [[unescape(cell) for cell in row] for row in rows]
    return found


def as_shown(cell):
    return f"{cell:,}".replace(",", ".") if isinstance(cell, int) else cell


@pytest.fixture
def officer(visitor, make, now):
    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    visitor.sign_in("can-bo")
    return visitor


@pytest.fixture
def twelve(make, course, evening, session):
    """Twelve of one hamlet: six finished alone, four together in class, two have begun."""
    alone = [make.learner(*course.lessons).id for _ in range(6)]
    together = [make.learner().id for _ in range(4)]
    begun = [make.learner().id for _ in range(2)]
    for learner in begun:
        make.answer(learner, course.lessons[0], "cuoc-goi")
        for _ in range(11):
            make.answer(learner, course.lessons[0], "ai-hoi-otp", right=False)
    hamlet = make.hamlet(name="Khẹo")
    evening(hamlet, *alone, *together, *begun, together=together)
    return hamlet


def test_sums_tell_who_did_it_alone_and_who_in_class(officer, twelve):
    tables = tables_of(officer.open("/quan-ly/viec-hoc").html)

    assert tables["khoa"] == [["1. Khoá mẫu", "12", "10", "6", "0", "4"]]
    assert tables["dia-ban"] == [["Khẹo", "12", "10", "6", "0", "4"]]
    assert [row[1:] for row in tables["bai"]] == [["12", "10", "6", "0", "4"], ["10", "10", "6", "0", "4"]]
    assert tables["hay-sai"] == [["1.1. Bài mẫu", "Có ai được hỏi mã OTP của bác không?", "28", "22"]]


def test_files_say_what_the_screen_says_cell_by_cell(officer, twelve):
    shown = list(tables_of(officer.open("/quan-ly/viec-hoc").html).values())
    text = officer.client.get("/quan-ly/viec-hoc.csv").data.decode("utf-8-sig")
    blocks = [list(csv.reader(io.StringIO(block))) for block in text.strip().split("\r\n\r\n")]
    book = load_workbook(io.BytesIO(officer.client.get("/quan-ly/viec-hoc.xlsx").data))

    assert [block[2:] for block in blocks] == shown
    sheets = [[[as_shown(cell.value) for cell in row] for row in sheet.iter_rows(min_row=2)] for sheet in book]
    assert sheets == shown


def test_few_people_are_not_told(officer, make, course, evening):
    evening(make.hamlet(name="Khẹo"), *[make.learner(*course.lessons).id for _ in range(3)])

    tables = tables_of(officer.open("/quan-ly/viec-hoc").html)

    assert tables["dia-ban"] == [["Khẹo", *["dưới 10 người"] * 5]]


def test_one_hidden_row_hides_another():
    rows = [Sums("a", 4, 1, 1, 0, 0), Sums("b", 30, 1, 1, 0, 0), Sums("c", 12, 1, 1, 0, 0), Sums("d", 0, 0, 0, 0, 0)]

    assert suppressed_rows(rows) == {"a", "c"}
    assert suppressed_rows(rows[1:]) == set()


def test_another_communes_hamlets_are_out_of_reach(officer, make, course, evening, twelve):
    other = make.commune("15001", "Mẫu Khác")
    evening(make.hamlet(commune=other, name="Xa Lạ"), *[make.learner(*course.lessons).id for _ in range(12)])

    assert "Xa Lạ" not in officer.open("/quan-ly/viec-hoc?o=38")
    officer.open("/quan-ly/viec-hoc?o=15001", expect=404)
    officer.open("/quan-ly/viec-hoc.csv?o=15001", expect=404)


def test_a_member_of_a_team_sees_no_report(visitor, make, now):
    make.person("to-vien")
    visitor.sign_in("to-vien")

    visitor.open("/quan-ly/viec-hoc", expect=403)
