"""A family stands twice in the book: a team leader makes one household of the two, sees it was a mistake, undoes it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.models import Household
from foundation.database import make_engine
from foundation.settings import Settings

HAMLET = "14956-M002"


@pytest.fixture
def twins(served_folder):
    """Codes of two households of the sample, with the address of the first."""
    engine = make_engine(Settings(data_folder=served_folder, database_url="").database)
    listed = select(Household.id, Household.short_code).where(Household.hamlet_code == HAMLET)
    with Session(engine) as session:
        (id, code), (_, other) = session.execute(listed.order_by(Household.code_key.desc()).limit(2)).all()
    engine.dispose()
    return f"/doi-so/ho/{id}", code, other


def test_a_leader_makes_one_of_two_households_and_takes_it_back(phone, twins):
    address, code, other = twins
    phone.sign_in("to-truong")
    phone.open(address)
    phone.tap("Nhà này trong sổ có hai mã? Gộp làm một")
    phone.look()
    phone.page.get_by_label("Mã của hộ ở lại").fill(other)
    phone.tap("Xem hai hộ")

    phone.look()
    assert phone.heading == f"Gộp hộ {code} vào hộ {other}?"
    assert phone.sees("Không lượt nào mất")
    phone.tap("Gộp hai hộ")

    phone.look()
    assert phone.heading == f"Hộ {other}"
    phone.tap(f"Hộ {code}")
    phone.look()
    assert phone.sees("Hộ này ghi trùng, đã gộp")
    phone.tap("Tách hộ này ra")

    phone.look()
    assert phone.sees("Hộ này trở lại danh sách")
