"""The report on paper: a draft, with the very figures of the page, for those within reach only."""

import re
from datetime import UTC, date, datetime

import pypdfium2
import pytest
from sqlalchemy import select

from community_teams.domain.codes import IssueLevel, IssueStatus, IssueType, Outcome
from community_teams.models import HamletTotal, Issue
from community_teams.reports.services import draw_up_report
from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AuditEntry
from foundation.areas.domain.scope import Scope
from foundation.problems import NotAllowed

NOW = datetime(2026, 11, 21, 5, tzinfo=UTC)


def read(pdf):
    """The words of each page, spaces and line breaks as one space."""
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


@pytest.fixture
def counted(make, session):
    def counted(commune=None, households=50, reached=20, **more):
        hamlet = make.hamlet(
            commune,
            official_households=households,
            households_source="Danh sách của xã" if households is not None else None,
            households_as_of=date(2026, 6, 1) if households is not None else None,
            **more,
        )
        session.add(
            HamletTotal(
                hamlet_code=hamlet.code,
                path=hamlet.path,
                households=48,
                reached=reached,
                knocked=reached + 5,
                last_visit_on=date(2026, 11, 20),
                updated_at=NOW,
                **{Outcome.MET_DONE.value: reached, Outcome.NOT_HOME.value: 9},
            )
        )
        session.commit()
        return hamlet

    return counted


@pytest.fixture
def officer(make, visitor):
    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    visitor.sign_in("can-bo")


def test_the_report_is_a_draft_with_everything_left_blank_that_an_office_fills_in(visitor, counted, officer, now):
    counted()
    answer = visitor.client.get("/quan-ly/bao-cao/15607.pdf")
    pages = read(answer.data)
    whole = " ".join(pages)

    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="bao-cao-do-phu-15607-20261121.pdf"'
    assert all("DỰ THẢO" in page for page in pages)
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in whole
    assert "Số: ……/BC-……" in whole
    assert "ngày …… tháng …… năm 2026" in whole
    assert "đầy đủ đến 12:00 21/11/2026" in whole
    for heading in ("I. KẾT QUẢ", "II. KHÓ KHĂN, VƯỚNG MẮC", "III. KIẾN NGHỊ VƯỢT THẨM QUYỀN", "IV. PHƯƠNG HƯỚNG"):
        assert heading in whole
    assert "SỐ LIỆU MẪU" not in whole


def test_the_report_says_what_the_page_says(visitor, counted, officer, now):
    counted(households=50, reached=20)
    counted(households=None, reached=7)
    counted(households=10, reached=13)
    page = visitor.open("/do-phu/15607")
    whole = " ".join(read(visitor.client.get("/quan-ly/bao-cao/15607.pdf").data))

    for figure in ("55 %", "27,7 %"):
        assert figure in page
        assert figure in whole
    assert "Còn thiếu 24 hộ để đạt 95 %" in page
    assert "Còn thiếu 24 hộ để đạt 95 %" in whole
    assert "1 trong 3 thôn, bản, tổ dân phố chưa có danh sách chính thức; 7 hộ đã gặp ở đó chưa tính" in whole
    assert "mẫu số cần rà lại" in whole
    assert "Vắng nhà 27" in whole


def test_sample_figures_are_marked_on_every_page(visitor, counted, officer, now):
    for _ in range(40):
        counted(is_sample=True)
    pages = read(visitor.client.get("/quan-ly/bao-cao/15607.pdf").data)

    assert len(pages) > 1
    assert all("SỐ LIỆU MẪU" in page for page in pages)


def test_pages_are_numbered_from_the_second(visitor, counted, officer, now):
    for _ in range(40):
        counted()
    first, second, *_ = read(visitor.client.get("/quan-ly/bao-cao/15607.pdf").data)

    assert re.search(r"DỰ THẢO 2\b", second)
    assert not re.search(r"DỰ THẢO 1\b", first)


def test_issues_are_counted_by_type_and_those_beyond_the_place_become_petitions(
    visitor, counted, make, session, officer, now
):
    hamlet = counted()
    visit = make.visit(make.household(hamlet))

    def issue(kind, status=IssueStatus.NEW, **more):
        session.add(
            Issue(
                visit_id=visit.id,
                hamlet_code=hamlet.code,
                type=kind,
                status=status,
                opened_on=date(2026, 11, 1),
                **more,
            )
        )

    issue(IssueType.SIGNAL, level=IssueLevel.CARRIER, beyond_authority=True, note="nhà ông Mẫu")
    issue(IssueType.SIGNAL, level=IssueLevel.CARRIER, status=IssueStatus.BEYOND_AUTHORITY)
    issue(IssueType.SIGNAL, status=IssueStatus.RESOLVED, beyond_authority=True)
    issue(IssueType.POWER)
    session.commit()
    whole = " ".join(read(visitor.client.get("/quan-ly/bao-cao/15607.pdf").data))

    assert "Sóng, Internet 2 1" in whole
    assert "Điện 1 1" in whole
    assert "Sóng, Internet: 2 vướng mắc ở 1 thôn, bản; cấp xử lý: nhà mạng." in whole
    assert "ông Mẫu" not in whole


def test_every_report_taken_is_in_the_audit_log(visitor, counted, session, officer, now):
    counted()
    visitor.client.get("/quan-ly/bao-cao/15607.pdf")

    entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "print_report")).one()
    assert (entry.who, entry.what["area"], entry.area_path) == ("can-bo", "15607", "38/15607/")


def test_a_report_of_somebody_elses_area_is_refused_and_leaves_no_trace(visitor, make, counted, session, officer, now):
    counted(make.commune("15610"))

    for code in ("15610", "38", "vn"):
        assert visitor.client.get(f"/quan-ly/bao-cao/{code}.pdf").status_code == 403
    assert visitor.client.get("/quan-ly/bao-cao/99999.pdf").status_code == 404
    assert session.scalars(select(AuditEntry).where(AuditEntry.act == "print_report")).all() == []
    with pytest.raises(NotAllowed):
        draw_up_report(session, Scope(("38/15610/",)), "15607", who="ai-do", now=NOW)


def test_the_command_writes_the_same_report(app, counted, session, tmp_path, now):
    counted()
    runner = app.test_cli_runner()
    file = tmp_path / "bao-cao.pdf"

    done = runner.invoke(args=["teams", "report", "15607", "-o", str(file)])
    assert done.exit_code == 0, done.output
    assert "tại xã Bát Mọt" in read(file)[0]
    assert session.scalars(select(AuditEntry.who).where(AuditEntry.act == "print_report")).all() == ["command-line"]


def test_the_command_names_a_code_it_does_not_know(app, tmp_path):
    done = app.test_cli_runner().invoke(args=["teams", "report", "99999", "-o", str(tmp_path / "x.pdf")])

    assert done.exit_code == 1
    assert "không có nơi nào mang mã 99999" in done.output
    assert not (tmp_path / "x.pdf").exists()
