from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from foundation.problems import Conflict, Invalid
from learning import queries
from learning.domain.letters import CertificateStatus
from learning.domain.names import read_name_field
from learning.models import Certificate
from learning.services.letters import issue_letter


@pytest.fixture
def course(make):
    return make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai")))


@pytest.fixture
def issue(session, make, course, now):
    learner = make.learner(*course.lessons)

    def ask(name="Nguyễn Thị Mẫu", **changes):
        asked = {"learner": learner.id, "course": course, "organisation": "Xã Đoàn Mẫu", "language": "vi", "now": now}
        return issue_letter(session, name=read_name_field("name", name), **asked | changes)

    return ask


def test_a_letter_says_what_stood_when_it_was_issued(issue, session, course):
    letter = issue()

    known = queries.letter_by_code(session, letter.code)
    assert known == letter
    assert known.facts.name == "Nguyễn Thị Mẫu"
    assert known.facts.lessons == tuple(lesson.title for lesson in course.lessons)
    assert known.facts.minutes == 6
    assert known.status is CertificateStatus.VALID


def test_the_day_on_the_letter_is_the_day_in_viet_nam(issue):
    letter = issue(now=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))

    assert letter.facts.issued_on.isoformat() == "2026-03-02"


def test_asking_again_gives_the_same_letter(issue, session):
    assert issue().code == issue("  Nguyễn  Thị Mẫu ").code
    assert session.scalar(select(func.count()).select_from(Certificate)) == 1


def test_another_name_gives_a_new_letter_and_marks_the_old_one_replaced(issue, session):
    old = issue("Nguyễn Thị Mâu")
    new = issue("Nguyễn Thị Mẫu")

    assert new.code != old.code
    assert queries.letter_by_code(session, old.code).status is CertificateStatus.REPLACED
    assert queries.letter_by_code(session, old.code).facts.name == "Nguyễn Thị Mâu"
    assert queries.letters_of(session, new.learner) == [new]


def test_there_is_no_letter_for_an_unfinished_course(issue, make, course):
    half_way = make.learner(course.lessons[0])

    with pytest.raises(Conflict, match="course_not_finished"):
        issue(learner=half_way.id)


def test_a_faulty_name_leaves_the_letter_before_as_it_was(issue, session):
    letter = issue()

    with pytest.raises(Invalid) as refused:
        issue("038085001234")

    assert refused.value.fields == {"name": "name_number"}
    assert queries.letter_by_code(session, letter.code).status is CertificateStatus.VALID


def test_a_course_rewritten_later_changes_no_letter(issue, session, course):
    letter = issue()

    again = issue(course=replace(course, title="Tên mới"))

    assert again == queries.letter_by_code(session, letter.code)
    assert again.facts.course_title == "Khoá mẫu"
