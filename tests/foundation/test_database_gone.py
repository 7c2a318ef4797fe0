"""A real database, really locked and really gone: the page says so, and nothing is half-written."""

import sqlite3

import pytest

from app import create_app
from foundation import database
from foundation.migrating import upgrade
from foundation.settings import Settings
from tests.visitor import Visitor


@pytest.fixture
def served(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT", 100)
    app = create_app(Settings(data_folder=tmp_path, secret_key="only for tests"))
    upgrade(app.extensions["engine"])
    yield app
    app.extensions["engine"].dispose()


@pytest.fixture
def file(served, tmp_path):
    return tmp_path / "bdhvs.sqlite3"


def test_a_locked_database_offers_the_form_again_and_takes_it_later(served, file):
    visitor = Visitor(served)
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    form = visitor.send("/toi/them", expect=503, nickname="Bà Hai", age_band="from_14", face="trau")
    page = visitor.send("/dang-nhap", expect=503, name="to-vien", password="khong-phai")

    assert 'name="nickname" value="Bà Hai"' in form.html
    assert page.heading == "Máy chủ đang bận"
    holder.execute("ROLLBACK")
    assert holder.execute("SELECT count(*) FROM throttle_bucket").fetchone() == (0,)
    assert "to-vien" in visitor.send("/dang-nhap", expect=422, name="to-vien", password="khong-phai").html
    holder.close()


def test_reading_goes_on_while_somebody_else_writes(served, file):
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    Visitor(served).open("/do-phu")
    Visitor(served).open("/bai-hoc/vneid-kich-hoat")
    holder.close()


def test_a_database_that_is_gone_leaves_the_lessons_readable(served, file, tmp_path):
    visitor = Visitor(served)
    served.extensions["engine"].dispose()
    for each in tmp_path.glob("bdhvs.sqlite3*"):
        each.unlink()
    file.mkdir()

    assert visitor.open("/do-phu", expect=503).heading == "Máy chủ đang bận"
    assert "OTP" in visitor.open("/bai-hoc/vneid-kich-hoat")
