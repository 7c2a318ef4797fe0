"""The sample and its published names stay out of production."""

import pytest

from app import create_app
from community_teams.sample.check import check_sample
from foundation.accounts.domain.roles import Role
from foundation.doctor import Severity
from foundation.file_modes import check_file_modes
from foundation.settings import Settings
from tests.making.accounts import PASSWORD
from tests.visitor import Visitor


@pytest.fixture(params=[{"https_only": True}, {"public_address": "https://hoc.example.vn"}])
def in_production(app, settings, monkeypatch, request):
    """The application as each setting of a production site sets it up."""
    monkeypatch.setitem(app.extensions, "settings", settings.model_copy(update=request.param))
    return app


def run(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


@pytest.mark.parametrize("setting", [{"https_only": True}, {"public_address": "https://hoc.example.vn"}])
@pytest.mark.parametrize("words", [["prepare"], ["sample", "load", "--households", "20"]])
def test_nothing_is_loaded_in_production(tmp_path, words, setting):
    app = create_app(Settings(data_folder=tmp_path, secret_key="k" * 40, **setting))
    assert run(app, "migrate").exit_code == 0

    done = run(app, *words)

    assert done.exit_code == 1
    assert "Đang đặt HTTPS_ONLY, hoặc PUBLIC_ADDRESS" in done.output
    assert "Traceback" not in done.output
    assert "0 tài khoản" in run(app, "sample", "clear").output
    assert not (tmp_path / "sample_password").exists()
    app.extensions["engine"].dispose()


@pytest.mark.parametrize("words", [["prepare"], ["sample", "load", "--households", "20"]])
def test_nothing_is_loaded_beside_real_households(tmp_path, words):
    app = create_app(Settings(data_folder=tmp_path / "var", secret_key="k" * 40))
    assert run(app, "migrate").exit_code == 0
    assert run(app, "areas", "load").exit_code == 0
    hamlets = tmp_path / "thon.csv"
    hamlets.write_text("mã xã,mã thôn,tên,loại\n15607,15607-T1,Mẫu,bản\n", encoding="utf-8")
    assert run(app, "areas", "import-hamlets", str(hamlets)).exit_code == 0
    households = tmp_path / "ho.csv"
    households.write_text("mã hộ,mã thôn\nM1-001,15607-T1\n", encoding="utf-8")
    said = tmp_path / "var" / "prepared.txt"
    said.write_text("what prepare said before")
    done = run(app, "teams", "import-households", str(households))
    assert done.exit_code == 0, done.output
    # `make run` would show it instead of asking.
    assert not said.exists()

    done = run(app, *words)

    assert done.exit_code == 1
    assert "Ở đây đã có hộ thật" in done.output
    assert "0 tài khoản" in run(app, "sample", "clear").output
    app.extensions["engine"].dispose()


def test_a_sample_account_signs_in_nowhere_for_real(in_production, make):
    make.person("quan-tri", Role.ADMIN, "", is_sample=True)
    visitor = Visitor(in_production)

    page = visitor.send("/dang-nhap", expect=403, name="quan-tri", password=PASSWORD)

    assert "Đây là tài khoản mẫu" in page
    assert visitor.open("/tai-khoan").address == "/dang-nhap"
    assert "chưa đúng" in visitor.send("/dang-nhap", expect=422, name="quan-tri", password="sai-mat-khau")


def test_a_session_from_before_is_over(app, settings, make, monkeypatch):
    make.person("quan-tri", Role.ADMIN, "", is_sample=True)
    make.person("that", Role.ADMIN, "")
    sample, real = Visitor(app), Visitor(app)
    sample.sign_in("quan-tri")
    real.sign_in("that")
    assert sample.open("/tai-khoan").address == "/tai-khoan"

    monkeypatch.setitem(app.extensions, "settings", settings.model_copy(update={"https_only": True}))

    assert sample.open("/tai-khoan").address == "/dang-nhap"
    assert real.open("/tai-khoan").address == "/tai-khoan"


def found_by(check, app):
    with app.app_context():
        return [(finding.code, finding.severity) for finding in check(app)]


def test_the_doctor_tells(app, settings, make, monkeypatch):
    assert check_sample in app.extensions["doctor_checks"]
    assert check_file_modes in app.extensions["doctor_checks"]
    assert found_by(check_sample, app) == []
    make.person("quan-tri", Role.ADMIN, "", is_sample=True)
    assert found_by(check_sample, app) == [("sample_present", Severity.INFO)]
    make.household(make.hamlet())
    assert found_by(check_sample, app) == [("sample_in_production", Severity.FAULT)]
    monkeypatch.setitem(app.extensions, "settings", settings.model_copy(update={"https_only": True}))
    assert found_by(check_sample, app) == [("sample_in_production", Severity.FAULT)]
    assert found_by(check_file_modes, app) == []
