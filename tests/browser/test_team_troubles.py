"""What stands in a member's way: no signal for days, a refusal, signed out, a new version, a phone that was lost."""

import gzip
import json
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.models import HeldVisit
from community_teams.phones.services.devices import cut_off
from foundation import clock
from foundation.areas.domain.scope import NATION
from foundation.database import make_engine
from foundation.settings import Settings

HOME = "Hôm nay mình đi đâu?"
HAMLET = "Bản Mẫu 2"
DEVICE = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("doi-so-device");
  opening.onerror = reject;
  opening.onsuccess = () => {
    const asked = opening.result.transaction("kept").objectStore("kept").get("device");
    asked.onsuccess = () => resolve(asked.result);
    opening.result.close();
  };
})"""
# A newer app in another tab, which is closed before it has changed anything.
NEWER = """async () => {
  const names = (await indexedDB.databases()).map(({name}) => name).filter((name) => name.startsWith("doi-so-member-"));
  for (const name of names) {
    await new Promise((resolve) => {
      const opening = indexedDB.open(name, 99);
      opening.onupgradeneeded = () => opening.transaction.abort();
      opening.onerror = resolve;
    });
  }
}"""


@pytest.fixture
def member(make_phone):
    """A phone with a visit that waits: nobody was at home, and there is no signal."""
    member = make_phone(looks=False)
    member.set_up()
    member.line.cut()
    member.page.get_by_role("link", name=HAMLET).first.click()
    member.wait_for(HAMLET)
    member.go("Xem cả danh sách", HAMLET)
    member.page.locator('[role="listitem"] a').last.click()
    member.go("Ghi lượt thăm", "Lần này thế nào?")
    member.go("Vắng nhà", "Vắng nhà")
    member.find("Lưu lượt thăm").click()
    member.page.get_by_role("heading", name="Đã lưu lượt thăm").wait_for()
    member.looks = True
    return member


def to_outbox(member):
    member.page.evaluate("location.hash = '#/phieu'")
    member.wait_for("Phiếu trên máy")


def test_waiting_visits_leave_as_a_file_that_an_officer_takes_in(member, phone, tmp_path):
    to_outbox(member)
    assert member.sees("còn 1 phiếu chưa gửi")
    # Chromium without a face never promises to keep anything.
    assert member.sees("Máy có thể tự xoá phiếu khi hết chỗ")
    member.page.get_by_text("Không gửi được nhiều ngày?").click()
    with member.page.expect_download() as saving:
        member.find("Lưu phiếu ra tệp").click()
    saving.value.save_as(tmp_path / "phieu.json")
    member.page.get_by_text("Đã lưu tệp").or_(member.page.locator('[data-slot="answer"]:not(:empty)')).first.wait_for()
    member.look()

    phone.sign_in("can-bo-xa")
    for stored in ("Ghi mới", "Đã có từ trước"):
        phone.open("/quan-ly/may/nhap-phieu")
        phone.page.locator("input[type=file]").set_input_files(tmp_path / "phieu.json")
        phone.tap("Nhập phiếu")
        phone.page.get_by_text("Tệp có 1 phiếu của Tổ viên Mẫu").wait_for()
        phone.page.locator(".figures li", has_text=stored).get_by_text("1", exact=True).wait_for()

    # When there is signal again, the phone learns that the visit is there already.
    member.line.mend()
    member.find("Gửi bây giờ").click()
    member.page.get_by_text("đã gửi hết").first.wait_for()


def test_a_refused_visit_says_what_to_do_and_is_mended_and_sent(member):
    def refuse_with(problems):
        def answer(route):
            body = json.loads(gzip.decompress(route.request.post_data_buffer))
            results = [{"id": each["id"], "outcome": "rejected", "problems": problems} for each in body["visits"]]
            route.fulfill(json={"batch": body["batch"], "results": results})

        member.page.unroute("**/api/v1/visits")
        member.page.route("**/api/v1/visits", answer)

    to_outbox(member)
    refuse_with({"household": "not_in_your_area"})
    member.line.mend()
    member.find("Gửi bây giờ").click()
    member.page.get_by_text("Hộ này không còn trong địa bàn của bác").wait_for()
    assert not member.sees("Đã gửi xong")
    member.look()
    refuse_with({"note": "identity_number"})
    member.find("Gửi lại phiếu này").click()
    member.page.get_by_text("Trong phần ghi chú có dãy số giống số căn cước").wait_for()
    assert member.sees("1 phiếu cần bác xem")
    member._seen.clear()
    member.look()
    member.go("Mở phiếu để sửa", "Vắng nhà")
    member.page.unroute("**/api/v1/visits")
    member.find("Lưu lượt thăm").click()
    member.page.get_by_role("heading", name="Đã lưu lượt thăm").wait_for()
    member.page.get_by_text("đã gửi hết").first.wait_for()


def test_a_visit_told_by_a_wrong_clock_is_given_its_day_and_sent(member):
    def refuse(route):
        body = json.loads(gzip.decompress(route.request.post_data_buffer))
        problems = {"started_at": "too_long_ago"}
        results = [{"id": each["id"], "outcome": "rejected", "problems": problems} for each in body["visits"]]
        route.fulfill(json={"batch": body["batch"], "results": results})

    member.page.route("**/api/v1/visits", refuse)
    to_outbox(member)
    member.line.mend()
    member.find("Gửi bây giờ").click()
    member.page.get_by_text("đồng hồ của máy chạy sai").wait_for()
    member.page.unroute("**/api/v1/visits")
    member.find("Gửi lại với ngày này").click()
    member.page.locator(".entry .error").get_by_text("ngày").wait_for()
    member._seen.clear()
    member.look()

    member.page.get_by_label("Bác đến hộ này hôm nào?").fill(
        member.page.evaluate("new Date().toISOString().slice(0, 10)")
    )
    member.find("Gửi lại với ngày này").click()
    member.page.get_by_text("đã gửi hết").first.wait_for()


def test_signed_out_and_a_new_version_lose_no_waiting_visit(member):
    member.page.evaluate(NEWER)
    member.page.evaluate("location.hash = '#/'")
    member.page.get_by_text("Có bản mới của ứng dụng").wait_for()
    member.look()
    member.find("Cập nhật bây giờ").click()
    member.unlock()
    member.wait_for(HOME)
    assert member.sees("còn 1 phiếu chưa gửi")

    member.context.clear_cookies()
    member.line.mend()
    to_outbox(member)
    member.find("Gửi bây giờ").click()
    member.page.get_by_text("Máy cần đăng nhập lại").first.wait_for()
    member._seen.clear()
    member.look()
    member.find("Đăng nhập").click()
    member.sign_in_here("to-vien")
    member.unlock()
    member.page.get_by_text("đã gửi hết").first.wait_for()


def test_a_lost_phone_hands_over_and_says_that_it_was_emptied(member, served_folder):
    device = UUID(member.page.evaluate(DEVICE))
    engine = make_engine(Settings(data_folder=served_folder, database_url="").database)
    with Session(engine) as session:
        session.connection(execution_options={"writing": True})
        cut_off(session, device, by="can-bo-xa", scope=NATION, now=clock.now())
        session.commit()
    member.line.mend()
    member.page.evaluate("location.hash = '#/tai-danh-sach'")

    member.wait_for("Danh sách hộ trên máy này đã được xoá")

    with Session(engine) as session:
        held = session.scalars(select(HeldVisit).where(HeldVisit.device == device)).all()
    engine.dispose()
    assert [each.record["outcome"] for each in held] == ["not_home"]
