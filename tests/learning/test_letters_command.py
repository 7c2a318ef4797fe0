import zipfile

import pypdfium2
import pytest
from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from foundation import clock
from foundation.accounts.models import AuditEntry
from foundation.areas.domain.scope import NATION
from learning.domain.letters import Reason
from learning.models import AssistedSession, Certificate, ClassEvening, ClassLearner, DoneTogether
from learning.services.letters import revoke_letter


@pytest.fixture
def course(teach, make):
    return teach(make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai"))))


@pytest.fixture
def hamlet(make):
    return make.hamlet()


@pytest.fixture
def run(app, monkeypatch, tmp_path, now):
    """The command, of a site known as hoc.example.vn."""
    settings = app.extensions["settings"].model_copy(update={"public_address": "https://hoc.example.vn"})
    monkeypatch.setitem(app.extensions, "settings", settings)

    def command(area):
        return app.test_cli_runner().invoke(args=["learning", "letters", area, "-o", str(tmp_path / "ra")])

    return command


@pytest.fixture
def a_class(session, course, hamlet, make):
    """a_class("Lò Thị Mến", …): one class there, everybody seen to have done all of the course; "" for no name yet."""

    def hold(*names, area=hamlet):
        made = {"held_on": clock.now().date(), "teacher": "Vi Thị Mẫu", "made_by": "co-giao", "made_at": clock.now()}
        evening = ClassEvening(
            id=uuid7(), area_path=area.path, course=course.id, lessons=[each.id for each in course.lessons], **made
        )
        session.add(evening)
        session.flush()
        for name in names:
            learner = make.learner()
            session.add(ClassLearner(evening=evening.id, learner=learner.id, name=name, joined_at=clock.now()))
            for lesson in course.lessons:
                seen = {"observed_by": "co-giao", "observed_at": clock.now()}
                session.add(DoneTogether(evening=evening.id, learner=learner.id, lesson=lesson.id, **seen))
        session.commit()
        return evening

    return hold


def printed(folder):
    """The text of each page of the common file, and how many files the ZIP holds."""
    pdf = pypdfium2.PdfDocument(folder / "ra/giay-xac-nhan.pdf")
    with zipfile.ZipFile(folder / "ra/giay-xac-nhan.zip") as archive:
        return [page.get_textpage().get_text_bounded() for page in pdf], len(archive.namelist())


def test_all_letters_of_an_area_are_printed_and_issued_once(run, a_class, hamlet, session, tmp_path, make):
    a_class("Lò Thị Mến", "Hà Văn Tư", "")
    a_class("Vi Thị Ba")
    a_class("Người Nơi Khác", area=make.hamlet(make.commune()))

    for _twice in range(2):
        done = run(hamlet.code)
        assert done.exit_code == 0, done.output
        assert done.output.startswith("3 giấy: ")

    pages, single = printed(tmp_path)
    assert single == len(pages) == 3
    assert [sum(name in page for page in pages) for name in ("Lò Thị Mến", "Hà Văn Tư", "Vi Thị Ba")] == [1, 1, 1]
    assert session.scalar(select(func.count()).select_from(Certificate)) == 3
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.act == "make_class_letters"))
    assert len(list(acts)) == 2


def test_letters_of_those_a_team_sat_beside_are_printed_too_but_none_that_was_revoked(
    run, session, course, hamlet, make, tmp_path, now
):
    for name in ("Lò Thị Mến", "Hà Văn Tư"):
        learner = make.learner(*course.lessons).id
        letter = make.letter(learner, course, name)
        beside = {"phone": None, "learner": learner, "helper": "to-vien", "area_path": hamlet.path}
        session.add(AssistedSession(id=uuid7(), made_at=now, started_at=now, ends_at=now, **beside))
    revoke_letter(session, letter.code, Reason.MISUSED, note="", who="quan-tri", scope=NATION, now=now)
    session.commit()

    assert run(hamlet.code).output.startswith("1 giấy: ")

    [page], _single = printed(tmp_path)
    assert "Lò Thị Mến" in page


def test_where_nobody_finished_nothing_is_written(run, hamlet, course, tmp_path):
    done = run(hamlet.code)

    assert (done.exit_code, done.output) == (0, "Chưa có giấy nào để in.\n")
    assert not (tmp_path / "ra").exists()


def test_an_unknown_area_and_a_site_without_address_are_refused(run, app, monkeypatch):
    assert "không có địa bàn 99999" in run("99999").output
    settings = app.extensions["settings"].model_copy(update={"public_address": ""})
    monkeypatch.setitem(app.extensions, "settings", settings)

    done = run("VN")

    assert done.exit_code == 1
    assert "PUBLIC_ADDRESS" in done.output
