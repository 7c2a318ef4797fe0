import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from foundation.accounts.domain.roles import Role
from foundation.accounts.models import AuditEntry
from foundation.areas.domain.scope import NATION
from foundation.problems import Conflict, Invalid, TooMany
from foundation.rates import Rate
from foundation.throttling.services import Bucket
from learning.domain.fault_reports import ReportKind, ReportState, read_reply, read_report
from learning.models import FaultReportRow
from learning.services.fault_reports import send_report, settle_report
from tests.conftest import NOON
from tests.making.courses import a_lesson

FORM = "/bai-hoc/bai-mau/bao-sai"


HOUR = timedelta(hours=1)


@pytest.fixture
def lesson(teach):
    return teach().lessons[0]


@pytest.fixture
def send(session, lesson):
    def report(form=None, kind="hard_to_follow", note="", place="", address="203.0.113.7", now=NOON):
        read_kind, read_note = read_report(kind, note)
        return send_report(
            session,
            form=form or uuid4(),
            lesson=lesson,
            place=place,
            kind=read_kind,
            note=read_note,
            library="v1",
            buckets=[Bucket("fault_reports", address, Rate(20, HOUR))],
            now=now,
        )

    return report


@pytest.fixture
def settle(session):
    def to(report, state, reply="", who="bien-tap", now=NOON):
        settle_report(session, report, state, reply=read_reply(reply), who=who, scope=NATION, now=now)
        return session.get(FaultReportRow, report)

    return to


def count_reports(session):
    return session.scalar(select(func.count()).select_from(FaultReportRow))


def form_of(page):
    return re.search(r'name="form" value="([^"]+)"', page.html)[1]


@pytest.mark.parametrize("address", ["/bai-hoc/bai-mau", "/bai-hoc/bai-mau/tap", "/bai-hoc/bai-mau/cau-hoi/ai-hoi-otp"])
def test_a_fault_can_be_reported_from_reading_practice_and_questions(visitor, lesson, address):
    page = visitor.follow(visitor.open(address), "Báo chỗ sai")

    assert page.heading == "Bài này sai chỗ nào, bác?"


def test_the_place_one_comes_from_is_chosen_already(visitor, lesson):
    assert '<option value="go-ma" selected>Màn tập 2</option>' in visitor.open(f"{FORM}?cho=go-ma").html
    assert "selected" not in visitor.open(f"{FORM}?cho=khong-co").html


def test_a_report_is_kept_without_a_name_and_its_answer_can_be_read(visitor, lesson, session, now):
    page = visitor.open(FORM)
    page = visitor.send(FORM, form=form_of(page), kind="screen_differs", place="hai", note="Nút ở góc trái.")

    assert page.heading == "Cảm ơn bác đã chỉ giúp"
    assert "Chậm nhất ngày 26/11/2026" in page
    row = session.scalars(select(FaultReportRow)).one()
    assert (row.lesson, row.place, row.note, row.state) == ("bai-mau", "hai", "Nút ở góc trái.", ReportState.NEW)
    assert row.library
    assert "Nút ở góc trái" not in page

    settle_report(session, row.id, ReportState.MENDED, reply="Đã sửa thành góc phải.", who="bt", scope=NATION, now=now)
    page = visitor.open(page.address)
    assert page.heading == "Bài đã được sửa"
    assert "Đã sửa thành góc phải." in page


def test_the_same_form_sent_twice_counts_once(send, session):
    form = uuid4()

    assert send(form, note="Chữ mờ") == send(form, note=" Chữ mờ ") == form
    assert send(form, note="Chữ nhỏ") != form
    assert count_reports(session) == 2


def test_one_tap_that_arrives_eight_times_at_once_is_one_report(engine):
    form, lesson = uuid4(), a_lesson()

    def tap(_):
        with Session(engine) as own:
            own.connection(execution_options={"writing": True})
            content = {"place": "", "kind": ReportKind.HARD_TO_FOLLOW, "note": "Mờ", "library": "v1", "buckets": ()}
            report = send_report(own, form=form, lesson=lesson, now=NOON, **content)
            own.commit()
            return report

    try:
        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(tap, range(8))) == {form}
        with Session(engine) as own:
            assert count_reports(own) == 1
    finally:
        with Session(engine) as own:
            own.execute(delete(FaultReportRow))
            own.commit()


@pytest.mark.parametrize(
    ("kind", "note", "says"),
    [
        ("", "Sai", "Bác chọn giúp một mục."),
        ("rubbish", "Sai", "Bác chọn giúp một mục."),
        ("other", "  ", "Bác viết vài chữ"),
        ("other", "Gọi 0912 345 678 không ai nghe", "một số điện thoại"),
        ("hard_to_follow", "Căn cước 038 085 001 234 không vào được", "giống số căn cước"),
        ("hard_to_follow", "dài " * 126, "Dài quá."),
        ("hard_to_follow", "ch\x07uông", "ký tự lạ"),
        ("hard_to_follow", "\0", "ký tự lạ"),
    ],
)
def test_what_cannot_be_kept_is_said_and_nothing_typed_is_forgotten(visitor, lesson, session, kind, note, says):
    page = visitor.send(FORM, expect=422, kind=kind, note=note, place="hai")

    assert says in page
    assert note.strip()[:8] in page.html or not note.isprintable()
    assert '<option value="hai" selected>' in page.html
    assert count_reports(session) == 0


def test_hotlines_and_days_may_be_told(send, session):
    send(note="Tổng đài 1900.0368 đổi từ 21/11/2026")

    assert count_reports(session) == 1


def test_a_place_the_lesson_no_longer_has_is_the_whole_lesson(send, session):
    send(place="buoc-cu")

    assert session.scalars(select(FaultReportRow.place)).one() == ""


def test_a_flood_from_one_address_has_to_wait_and_others_do_not(send, session):
    for _ in range(20):
        send()

    with pytest.raises(TooMany) as flood:
        send(now=NOON + timedelta(minutes=1))
    assert flood.value.retry_after == 2 * 60
    send(address="203.0.113.8")
    send(now=NOON + timedelta(minutes=3))


def test_no_address_is_written_down(send, session):
    assert session.get(FaultReportRow, send()).address == ""


def test_a_flood_is_told_so_and_keeps_what_was_typed(visitor, lesson, session, app, monkeypatch, now):
    once = app.extensions["settings"].model_copy(update={"limit_fault_reports": Rate(1, HOUR)})
    monkeypatch.setitem(app.extensions, "settings", once)
    visitor.client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
    visitor.send(FORM, kind="other", note="Một")
    page = visitor.send(FORM, expect=429, kind="other", note="Hai")

    assert "Chỗ bác gửi hơi nhiều" in page
    assert ">Hai</textarea>" in page.html
    assert page.response.headers["Retry-After"] == "3600"
    assert count_reports(session) == 1


def test_a_report_nobody_looked_at_in_five_days_says_sorry(visitor, send, session, monkeypatch):
    report = send()
    session.commit()
    monkeypatch.setattr("foundation.clock.now", lambda: NOON + timedelta(days=5, seconds=1))

    assert "Chúng tôi chậm hẹn" in visitor.open(f"{FORM}/{report}")


@pytest.mark.parametrize(
    ("address", "says"),
    [
        (f"{FORM}/{UUID(int=1)}", "Không có trang này"),
        (f"{FORM}/rubbish", "Không có trang này"),
        ("/bai-hoc/khong-co/bao-sai", "Không thấy bài này"),
    ],
)
def test_what_is_not_there_is_a_kind_404(visitor, lesson, address, says):
    assert says in visitor.open(address, expect=404)


def test_a_report_of_one_lesson_is_not_shown_under_another(visitor, send, session):
    report = send()
    session.commit()

    visitor.open(f"/bai-hoc/bai-khac/bao-sai/{report}", expect=404)


def test_settling_is_noted_and_the_same_again_changes_nothing(send, settle, session):
    report = send()
    settle(report, ReportState.IN_PROGRESS)
    settle(report, ReportState.MENDED, reply="Cảm ơn bác.")
    row = settle(report, ReportState.MENDED, who="nguoi-khac")

    assert (row.state, row.reply, row.handled_by, row.handled_at) == (
        ReportState.MENDED,
        "Cảm ơn bác.",
        "bien-tap",
        NOON,
    )
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(entry.act, entry.what["state"], entry.area_path) for entry in entries] == [
        ("settle_fault_report", "seen", ""),
        ("settle_fault_report", "mended", ""),
    ]


def test_a_settled_report_is_not_settled_otherwise_until_taken_up_again(send, settle):
    report = send()
    settle(report, ReportState.NO_FAULT)

    with pytest.raises(Conflict):
        settle(report, ReportState.MENDED)
    settle(report, ReportState.IN_PROGRESS)
    assert settle(report, ReportState.MENDED).state is ReportState.MENDED


def test_an_answer_holds_no_number_of_anybody(send, settle):
    with pytest.raises(Invalid):
        settle(send(), ReportState.MENDED, reply="Bác gọi 0912345678 nhé")


def test_an_editor_settles_a_report_on_the_lessons_page(visitor, make, send, session, now):
    report = send(note="<script>alert(1)</script>", place="go-ma")
    session.commit()
    make.person("bien-tap", role=Role.CONTENT_EDITOR, area="")
    visitor.sign_in("bien-tap")

    page = visitor.open("/quan-ly/bai-hoc")
    assert "Khó hiểu" in page
    page = visitor.follow(page, "1.1. Bài mẫu")
    assert "Màn tập 2" in page
    assert "<script>alert" not in page.html
    address = f"/quan-ly/bai-hoc/bai-mau/bao-sai/{report}"
    assert "giống số căn cước" in visitor.send(address, expect=422, state="mended", reply="038085001234")
    page = visitor.send(address, state="mended", reply="Đã viết lại.")
    assert "bien-tap ghi lúc" in page
    assert "Lời báo này đã xong" in visitor.send(address, expect=409, state="no_fault")
    assert "Bác chọn một trong các ô có sẵn." in visitor.send(address, expect=422, state="rubbish")
    visitor.send(f"/quan-ly/bai-hoc/bai-mau/bao-sai/{UUID(int=1)}", expect=404, state="seen")
    visitor.send(f"/quan-ly/bai-hoc/bai-khac/bao-sai/{report}", expect=404, state="seen")
    assert "Không có lời báo nào đang chờ" in visitor.open("/quan-ly/bai-hoc")


@pytest.mark.parametrize("role", [Role.VISITOR, Role.TEAM_LEADER, Role.COMMUNE_OFFICER, Role.PROVINCE_OFFICER])
def test_only_editors_settle_reports(visitor, make, send, session, role):
    report = send()
    session.commit()
    area = {Role.PROVINCE_OFFICER: make.province(), Role.VISITOR: make.hamlet()}.get(role, make.commune())
    make.person("nguoi-khac", role=role, area=area)
    visitor.sign_in("nguoi-khac")

    visitor.open("/quan-ly/bai-hoc", expect=403)
    visitor.open("/quan-ly/bai-hoc/bai-mau", expect=403)
    visitor.send(f"/quan-ly/bai-hoc/bai-mau/bao-sai/{report}", expect=403, state="mended")
    assert session.get(FaultReportRow, report).state is ReportState.NEW
