"""How a letter was earned, how it is corrected, and how it is taken back."""

import pytest
from sqlalchemy import select

from foundation.accounts.models import AuditEntry
from foundation.areas.domain.scope import NATION
from foundation.problems import Conflict, Invalid, NotFound
from learning import queries
from learning.domain.letters import CertificateStatus, Facts, Manner, Reason, read_note
from learning.domain.names import read_name_field
from learning.models import LetterStatus
from learning.services.erasing import erase_learner
from learning.services.letters import issue_letter, revoke_letter, take_back_own_letter


@pytest.fixture
def course(make):
    return make.course(lessons=(make.lesson(id="mot"),))


@pytest.fixture
def learner(make, course):
    return make.learner(*course.lessons).id


@pytest.fixture
def issue(session, course, learner, now):
    def ask(name="Nguyễn Thị Mẫu", **changes):
        asked = {"learner": learner, "course": course, "organisation": "Xã Đoàn Mẫu", "language": "vi", "now": now}
        if "supervised_by" in changes:
            changes["supervised_by"] = read_name_field("supervised_by", changes["supervised_by"])
        return issue_letter(session, name=read_name_field("name", name), **asked | changes)

    return ask


@pytest.fixture
def revoke(session, now):
    def do(code, reason=Reason.MISUSED, note=""):
        note = read_note(reason, note)
        return revoke_letter(session, code, reason, note=note, who="quan-tri", scope=NATION, now=now)

    return do


def void(session, letter):
    number, place = divmod(letter.status_index, queries.LIST_SIZE)
    return place in queries.void_places(session, number)


def test_a_letter_says_in_whose_class_it_was_earned(issue):
    letter = issue(manner=Manner.SUPERVISED, supervised_by="  Lê Thị  Thử ")

    assert letter.facts.manner is Manner.SUPERVISED
    assert letter.facts.supervised_by == "Lê Thị Thử"


def test_a_class_without_a_name_is_no_class(issue):
    with pytest.raises(Invalid) as refused:
        issue(manner=Manner.SUPERVISED, supervised_by="0912345678")

    assert refused.value.fields == {"supervised_by": "name_number"}


def test_a_letter_of_before_was_earned_by_oneself():
    stored = {
        "name": "Nguyễn Thị Mẫu",
        "course_title": "Khoá mẫu",
        "lessons": ["Bài mẫu"],
        "minutes": 3,
        "issued_on": "2026-11-20",
        "language": "vi",
        "organisation": "Xã Đoàn Mẫu",
        "wording": "2026-11",
    }

    facts = Facts.from_json(stored)

    assert facts.manner is Manner.SELF
    assert Facts.from_json(facts.as_json()) == facts


def test_learning_again_in_a_class_gives_a_letter_that_says_so(issue, session):
    alone = issue()
    supervised = issue(manner=Manner.SUPERVISED, supervised_by="Lê Thị Thử")

    assert supervised.code != alone.code
    assert queries.letter_by_code(session, alone.code).replaced_by == supervised.code
    assert issue().code == supervised.code


def test_a_corrected_name_leaves_how_it_was_earned(issue, session):
    old = issue("Nguyễn Thị Mâu", manner=Manner.SUPERVISED, supervised_by="Lê Thị Thử")

    new = issue("Nguyễn Thị Mẫu")

    assert new.facts.supervised_by == "Lê Thị Thử"
    assert queries.letter_by_code(session, old.code).status is CertificateStatus.REPLACED
    assert void(session, old)
    assert not void(session, new)


def test_a_revoked_letter_says_why_and_the_log_says_who(issue, revoke, session, now):
    letter = issue()

    revoke(letter.code, Reason.OTHER, "in sai con dấu của thôn")
    again = revoke(letter.code, Reason.MISUSED)

    assert again.status is CertificateStatus.REVOKED
    assert again.revoked_for is Reason.OTHER
    assert again.revoked_at == now
    assert void(session, letter)
    [entry] = session.scalars(select(AuditEntry).where(AuditEntry.act == "revoke_letter"))
    assert entry.who == "quan-tri"
    assert entry.what == {"letter": letter.code, "reason": "other", "note": "in sai con dấu của thôn"}
    assert entry.area_path == ""


def test_after_a_letter_was_revoked_another_can_be_had(issue, revoke):
    old = issue()
    revoke(old.code)

    assert issue().code != old.code


@pytest.mark.parametrize(
    ("reason", "note", "fault"),
    [
        (Reason.OTHER, " ", "say_what"),
        (Reason.MISUSED, "số 038085001234", "identity_number"),
        (Reason.MISUSED, "x" * 301, "too_long"),
        (Reason.MISUSED, "a\x07b", "control_character"),
    ],
)
def test_a_faulty_note_revokes_nothing(issue, revoke, session, reason, note, fault):
    letter = issue()

    with pytest.raises(Invalid) as refused:
        revoke(letter.code, reason, note)

    assert refused.value.fields == {"note": fault}
    assert queries.letter_by_code(session, letter.code).status is CertificateStatus.VALID


def test_what_is_not_there_or_already_replaced_cannot_be_revoked(issue, revoke):
    old = issue("Nguyễn Thị Mâu")
    issue("Nguyễn Thị Mẫu")

    with pytest.raises(Conflict, match="letter_replaced"):
        revoke(old.code)
    with pytest.raises(NotFound):
        revoke("0000000000")


def test_learners_take_back_their_own_letters_and_nobody_elses(issue, session, make, course, learner, now):
    letter = issue()
    stranger = make.learner(*course.lessons).id

    with pytest.raises(NotFound):
        take_back_own_letter(session, letter.code, learner=stranger, now=now)
    taken = take_back_own_letter(session, letter.code, learner=learner, now=now)

    assert taken.revoked_for is Reason.OWN_WISH
    assert void(session, letter)


def test_whoever_is_erased_leaves_only_a_void_place_in_the_list(issue, session, learner):
    letter = issue()

    erase_learner(session, learner)

    assert queries.letter_by_code(session, letter.code) is None
    assert void(session, letter)


def test_a_list_half_full_is_followed_by_another(issue, session, monkeypatch):
    monkeypatch.setattr(queries, "LIST_SIZE", 8)
    session.add_all(LetterStatus(index=index, void=False) for index in range(4))
    session.flush()

    assert 8 <= issue().status_index < 16
