"""What `make run` asks for before it serves, on a database of its own."""

import os
import stat
import subprocess
import sys

import pytest

from app import create_app
from foundation.settings import PROJECT_ROOT, Settings
from tests.visitor import Visitor


@pytest.fixture
def app_of(tmp_path):
    made = []

    def make(password: str = ""):
        app = create_app(Settings(data_folder=tmp_path, secret_key="only for tests", sample_password=password))
        made.append(app)
        return app

    yield make
    for app in made:
        app.extensions["engine"].dispose()


def prepare(app) -> str:
    """In a process of its own, as `make run` has it."""
    settings = app.extensions["settings"]
    own = {
        "DATA_FOLDER": str(settings.data_folder),
        "SECRET_KEY": settings.secret_key,
        "SAMPLE_PASSWORD": settings.sample_password,
    }
    command = [sys.executable, "-m", "flask", "--app", "app", "prepare"]
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=os.environ | own, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_empty_folder_becomes_a_platform_with_a_sample_to_sign_in_to(app_of, tmp_path):
    app = app_of()

    said = prepare(app)

    assert "34 tỉnh, 3.321 xã" in said
    password = said.rsplit("Mật khẩu: ", 1)[1].strip()
    for name in ("to-vien", "to-truong", "can-bo-xa", "can-bo-tinh", "quan-tri"):
        assert name in said
        Visitor(app).sign_in(name, password)
    assert (tmp_path / "prepared.txt").read_text(encoding="utf-8") in said
    assert stat.S_IMODE((tmp_path / "prepared.txt").stat().st_mode) == 0o600


def test_preparing_again_changes_nothing_and_still_knows_the_password(app_of):
    first = prepare(app_of())

    assert prepare(app_of()) == first


def test_a_password_given_is_taken_and_told(app_of):
    prepare(app_of())

    assert "Mật khẩu: mau-thu-2026" in prepare(app_of("mau-thu-2026"))
    Visitor(app_of()).sign_in("quan-tri", "mau-thu-2026")
    assert "Mật khẩu: mau-thu-2026" in prepare(app_of())


def test_a_sample_taken_away_is_not_said_to_be_there(app_of, tmp_path):
    app = app_of()
    prepare(app)

    assert app.test_cli_runner().invoke(args=["sample", "clear"]).exit_code == 0

    assert not (tmp_path / "prepared.txt").exists()
