"""A phone is lost: an organiser cuts it off, and at its next contact it forgets everything."""

import json
from contextlib import suppress
from uuid import uuid4

import pytest
from playwright.sync_api import Error
from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.models import Household
from foundation.database import make_engine
from foundation.settings import Settings
from tests.browser.conftest import QUIET
from tests.browser.line import line_to
from tests.browser.team_phone import TeamPhone

HAMLET = "14956-M001"
WIPED = """async () =>
  !(await indexedDB.databases()).some(({name}) => name.startsWith("doi-so-member-"))"""


@pytest.fixture
def lost(browser, chromium, server, tmp_path):
    with line_to(server) as line:
        launch = {"executable_path": chromium, "args": QUIET}
        lost = TeamPhone(browser.browser_type, line, tmp_path / "lost", launch, looks=False)
        yield lost
        lost.close()


@pytest.fixture
def officer(phone):
    phone.sign_in("can-bo-xa")
    return phone


def test_a_lost_phone_is_cut_off_and_wiped_at_its_next_contact(lost, officer):
    lost.set_up()
    officer.open("/quan-ly/may?loc=tat-ca")
    officer.page.locator("main .door").first.click()
    officer.look()
    assert "Máy của Tổ viên Mẫu" in officer.heading
    officer.tap("Báo mất máy, ngắt máy này")
    officer.tap("Ngắt máy này")
    assert officer.sees("Máy này đã bị ngắt")

    lost.page.reload()
    with suppress(Error):  # it may be wiped before the PIN is in
        lost.page.set_default_timeout(5_000)
        lost.unlock()
    lost.page.set_default_timeout(30_000)
    # Nothing of the member is left, and the pages are closed to whoever holds it.
    lost.page.wait_for_function(WIPED)
    lost.page.goto(f"/doi-so/{HAMLET}")
    assert lost.page.url.split("?")[0].endswith("/dang-nhap")


def test_a_file_of_visits_is_taken_in_by_the_officer(officer, served_folder, tmp_path):
    engine = make_engine(Settings(data_folder=served_folder, database_url="").database)
    with Session(engine) as session:
        household = session.scalars(select(Household.id).where(Household.hamlet_code == HAMLET)).first()
    engine.dispose()
    visit = {
        "id": str(uuid4()),
        "household": str(household),
        "outcome": "not_home",
        "started_at": "2026-11-20T08:30:00+07:00",
        "form_version": 1,
    }
    file = tmp_path / "phieu.json"
    wrong = {**visit, "id": str(uuid4()), "next_visit_on": "2020-01-01", "note": "Gọi 0912 345 678 buổi tối"}
    file.write_text(json.dumps({"member": "to-vien", "visits": [visit, wrong]}))

    officer.open("/quan-ly/may")
    officer.tap("Nhập tệp phiếu")
    officer.page.locator("input[type=file]").set_input_files(file)
    officer.tap("Nhập phiếu")

    assert officer.heading == "Đã nhập tệp phiếu"
    assert officer.sees("Phiếu thứ 2")

    # What is not right is looked at, corrected and saved, on a small phone.
    officer.page.set_viewport_size({"width": 360, "height": 560})
    officer.tap("Xem các phiếu chờ người xem, người sửa")
    officer.look()
    officer.page.locator("main .door", has_text="Nhập từ tệp").first.click()
    officer.look()
    assert officer.sees("Ngày hẹn phải từ hôm thăm trở đi.")
    officer.page.get_by_text("Xem nguyên văn").click()
    assert officer.sees("Gọi •••• ••• ••• buổi tối")
    officer.look()
    officer.tap("Sửa rồi ghi vào sổ")
    officer.look()
    assert officer.page.locator("[name=note]").input_value() == "Gọi •••• ••• ••• buổi tối"
    officer.page.locator("[name=next_visit_on]").fill("2026-12-30")
    officer.page.locator("[name=note]").fill("Gọi con gái bác buổi tối")
    officer.page.locator("form.visit .actions button").last.click()
    officer.page.wait_for_load_state()
    assert officer.sees("Đã sửa và ghi vào sổ")
    officer.look()
