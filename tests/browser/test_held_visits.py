"""One visit was told twice, differently: an officer sees both side by side and chooses."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.models import Household
from foundation.database import make_engine
from foundation.settings import Settings

HAMLET = "14956-M001"


@pytest.fixture
def told_twice(phone, served_folder):
    """The member's phone has sent a visit, and then another content under the same id."""
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
    phone.sign_in("to-vien")
    for outcome in ("not_home", "refused"):
        body = {"batch": str(uuid4()), "device": str(uuid4()), "pending": 1, "visits": [visit | {"outcome": outcome}]}
        answer = phone.page.request.post("/api/v1/visits", data=body)
        assert answer.ok, answer.text()
    assert answer.json()["results"][0]["outcome"] == "conflict"
    phone.page.context.clear_cookies()


def test_an_officer_chooses_between_two_tellings_of_one_visit(phone, told_twice):
    phone.sign_in("can-bo-xa")
    phone.open("/quan-ly/may")
    phone.page.get_by_text("Mục khác", exact=True).click()
    phone.tap("Phiếu cần xem")
    phone.look()
    assert phone.heading == "Phiếu cần xem"

    # Other phones may have visits held, too.
    phone.page.locator("main .door", has_text="Một phiếu gửi hai lần, nội dung khác nhau").first.click()
    phone.look()
    assert phone.sees("Phiếu đã lưu")
    phone.page.locator("main input[type=radio]").first.check()
    phone.tap("Ghi lựa chọn")

    phone.look()
    phone.open("/quan-ly/phieu-can-xem")
    assert phone.sees("Không có phiếu nào chờ xem")
