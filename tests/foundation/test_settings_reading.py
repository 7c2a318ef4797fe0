"""What stops a server from starting: everything at once, a sentence each, and no value repeated."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from foundation.rates import read_rate
from foundation.settings import PROJECT_ROOT, SECRETS, Settings
from foundation.settings_reading import SettingsError, in_production, read_settings


@pytest.fixture
def given(monkeypatch, tmp_path):
    """Reads the settings from exactly these variables; what is wrong, by name."""

    def read(**values):
        for name in [*os.environ]:
            monkeypatch.delenv(name)
        for name, value in {"DATA_FOLDER": tmp_path, **values}.items():
            monkeypatch.setenv(name, str(value))
        try:
            read_settings()
        except SettingsError as fault:
            return fault.faults
        return {}

    return read


LONG = "k" * 32
WRONG = [
    ({"SECRET_KEY": LONG[1:], "HTTPS_ONLY": "true"}, "SECRET_KEY", "ngắn hơn 32"),
    ({"SECRET_KEY": "abc", "PUBLIC_ADDRESS": "https://hoc.example.vn"}, "SECRET_KEY", "openssl rand"),
    ({"PUBLIC_ADDRESS": "hoc.example.vn"}, "PUBLIC_ADDRESS", "https://"),
    ({"PUBLIC_ADDRESS": "ftp://hoc.example.vn"}, "PUBLIC_ADDRESS", "https://"),
    ({"PUBLIC_ADDRESS": "https://"}, "PUBLIC_ADDRESS", "https://"),
    ({"PUBLIC_ADDRESS": "https://hoc.example .vn"}, "PUBLIC_ADDRESS", "https://"),
    ({"PUBLIC_ADDRESS": "https://hoc.example.vn:chin"}, "PUBLIC_ADDRESS", "https://"),
    ({"PUBLIC_ADDRESS": "https://hoc.example.vn/lop"}, "PUBLIC_ADDRESS", "đường dẫn"),
    ({"PUBLIC_ADDRESS": "https://a:b@hoc.example.vn"}, "PUBLIC_ADDRESS", "đường dẫn"),
    ({"DATABASE_URL": "mysql://a:hunter2@b/c"}, "DATABASE_URL", "PostgreSQL"),
    ({"DATABASE_URL": "hunter2"}, "DATABASE_URL", "không đọc được"),
    ({"DATABASE_URL": "postgresql+psycopg2://a:hunter2@b/c"}, "DATABASE_URL", "PostgreSQL"),
    ({"SEAL_FILE": "/khong/co.p12"}, "SEAL_FILE", "không có"),
    ({"BEHIND_PROXY": "many"}, "BEHIND_PROXY", "số nguyên"),
    ({"BEHIND_PROXY": "-1"}, "BEHIND_PROXY", "at least 0"),
    ({"BEHIND_PROXY": "9"}, "BEHIND_PROXY", "at most 5"),
    ({"HTTPS_ONLY": "maybe"}, "HTTPS_ONLY", "true"),
    ({"MAP_TILES": "tiles.example.vn/{z}/{x}/{y}.png"}, "MAP_TILES", "https://"),
    ({"MAP_TILES": "https://tiles.example.vn/{z}/{x}.png"}, "MAP_TILES", "{y}"),
    ({"LOG_FORMAT": "xml"}, "LOG_FORMAT", "json"),
    ({"DATA_FOLDER": "/dev/null"}, "DATA_FOLDER", "không ghi được"),
    ({"DATA_FOLDER": "/proc/khong/co"}, "DATA_FOLDER", "không ghi được"),
    ({"DATA_LICENCE": "x" * 301}, "DATA_LICENCE", "300"),
    ({"METRICS_ADDRESS": "0.0.0.0:9464"}, "METRICS_ADDRESS", "mạng riêng"),
    ({"METRICS_ADDRESS": "[::]:9464"}, "METRICS_ADDRESS", "mạng riêng"),
    ({"METRICS_ADDRESS": "14.160.1.2:9464"}, "METRICS_ADDRESS", "mạng riêng"),
    ({"METRICS_ADDRESS": "9464"}, "METRICS_ADDRESS", "127.0.0.1:9464"),
    ({"METRICS_ADDRESS": "127.0.0.1:0"}, "METRICS_ADDRESS", "127.0.0.1:9464"),
    ({"SECRET_KEYS": LONG}, "SECRET_KEYS", "SECRET_KEY?"),
    ({"PUBLIC_ADRESS": "https://hoc.example.vn"}, "PUBLIC_ADRESS", "PUBLIC_ADDRESS?"),
    ({"secret_keys": LONG}, "secret_keys", "SECRET_KEY?"),
    ({"BACKUP_RECIPIENT": "abc"}, "BACKUP_RECIPIENT", "age1"),
    ({"BACKUP_RECIPIENT": "AGE-SECRET-KEY-1"}, "BACKUP_RECIPIENT", "khoá riêng"),
    ({"BACKUP_KEEP": "0,0,0"}, "BACKUP_KEEP", "7,4,12"),
    ({"BACKUP_KEEP": "many"}, "BACKUP_KEEP", "7,4,12"),
    ({"BEHIND_PROXYS": "1"}, "BEHIND_PROXYS", "BEHIND_PROXY?"),
    ({"BACKUP_RECIPIENT": " , "}, "BACKUP_RECIPIENT", "age1"),
    ({"ORGANISATION_FILE": "/etc/hostname"}, "ORGANISATION_FILE", "đặt ORGANISATION"),
    ({"SEAL_FILE_FILE": "/etc/hostname"}, "SEAL_FILE_FILE", "đặt SEAL_FILE"),
    ({"ORGANISATION": "x" * 301}, "ORGANISATION", "300"),
    ({"STATIC_FOLDER": "/dev/null"}, "STATIC_FOLDER", "không ghi được"),
    ({"STATIC_FOLDER": "/proc/khong/co"}, "STATIC_FOLDER", "không ghi được"),
    ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL", "tên tệp"),
    ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL", "tên tệp"),
    ({"LIMIT_ANSWERS": "5"}, "LIMIT_ANSWERS", "5/15m"),
    *(
        ({"PUBLIC_ADDRESS": f"https://{name}"}, "PUBLIC_ADDRESS", "tên máy")
        for name in (
            "-",
            ".",
            "hoc..vn",
            "-hoc.vn",
            "*.vn",
            '"x"',
            "<b>",
            "hoc.vn\\x",
            "hoc.vn;a",
            "1.2.3",
            "1.2.3.256",
        )
    ),
    ({"PUBLIC_ADDRESS": f"https://{'x' * 64}.vn"}, "PUBLIC_ADDRESS", "tên máy"),
]


@pytest.mark.parametrize(("values", "name", "words"), WRONG)
def test_what_is_wrong_is_named_with_a_sentence(given, values, name, words):
    faults = given(**values)

    assert list(faults) == [name]
    assert words in faults[name]
    assert "hunter2" not in str(faults)


def test_everything_is_told_at_once(given):
    faults = given(
        SECRET_KEY="abc",
        HTTPS_ONLY="1",
        PUBLIC_ADDRESS="hoc.example.vn",
        DATABASE_URL="mysql://x/y",
        SEAL_FILE="/khong/co.p12",
        BEHIND_PROXY="x",
        SAMPLE_PASSWORD_FILE="/khong/co",
        SECRET_KEYZ="x",
    )

    assert faults.keys() == {
        "SECRET_KEY",
        "PUBLIC_ADDRESS",
        "DATABASE_URL",
        "SEAL_FILE",
        "BEHIND_PROXY",
        "SAMPLE_PASSWORD",
        "SECRET_KEYZ",
    }


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"METRICS_ADDRESS": "127.0.0.1:9464"},
        {"METRICS_ADDRESS": "[::1]:9464"},
        {"METRICS_ADDRESS": "10.0.0.5:9464"},
        {"SECRET_KEY": "abc"},  # a trial: `flask doctor` warns
        {"SECRET_KEY": LONG, "HTTPS_ONLY": "true", "PUBLIC_ADDRESS": "https://hoc.example.vn/"},
        {"PUBLIC_ADDRESS": "http://127.0.0.1:8000"},
        {"DATABASE_URL": "postgresql:///bdhvs?host=/var/run/postgresql"},
        {"DATABASE_URL": "sqlite:////srv/x.sqlite3", "MAP_TILES": "https://t.example.vn/{z}/{x}/{y}.png"},
        {"PATH": "/bin", "HOME": "/root", "LANG": "vi_VN.UTF-8", "PORT": "8000", "DATABASE_PASSWORD": "x"},
    ],
)
def test_what_is_right_starts(given, values):
    assert given(**values) == {}


@pytest.mark.parametrize("name", sorted(name.upper() for name in Settings.model_fields))
def test_an_empty_variable_is_one_that_is_not_set(given, monkeypatch, name):
    values = {} if name == "DATA_FOLDER" else {name: ""}
    assert given(**values) == {}
    monkeypatch.setenv(name, "")

    usual = Settings.model_fields[name.lower()].default
    got = getattr(Settings(), name.lower())
    assert got == (read_rate(usual) if name.startswith("LIMIT_") else usual)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://hoc.example.vn/", "https://hoc.example.vn"),
        ("HTTPS://Hoc.Example.VN", "https://hoc.example.vn"),
        ("https://hoc.example.vn.", "https://hoc.example.vn"),
        ("https://hoc.example.vn:", "https://hoc.example.vn"),
        ("https://hoc.example.vn:443", "https://hoc.example.vn"),
        ("http://hoc.example.vn:80/", "http://hoc.example.vn"),
        ("https://hoc.example.vn:8443", "https://hoc.example.vn:8443"),
        ("https://học.vn", "https://xn--hc-68s.vn"),
        ("https://[::1]:8443", "https://[::1]:8443"),
        ("https://10.0.0.7", "https://10.0.0.7"),
    ],
)
def test_an_address_is_read_as_browsers_send_it(written, read):
    assert Settings(public_address=written).public_address == read


@pytest.mark.parametrize("field", SECRETS)
def test_a_secret_that_notepad_wrote_has_no_mark_in_front(monkeypatch, tmp_path, field):
    secret = "postgresql://a:b@c/d" if field == "database_url" else LONG
    (tmp_path / "secret").write_text(secret, encoding="utf-8-sig")
    monkeypatch.setenv(f"{field.upper()}_FILE", str(tmp_path / "secret"))

    assert getattr(Settings(), field) == secret


def test_a_pipe_is_not_waited_for(given, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "không đọc được" in given(SECRET_KEY_FILE=tmp_path / "pipe")["SECRET_KEY"]


@pytest.mark.parametrize("field", SECRETS)
def test_every_secret_may_lie_in_a_file(monkeypatch, tmp_path, field):
    secret = "postgresql://a:b@c/d" if field == "database_url" else " mật khẩu " + LONG
    (tmp_path / "secret").write_text(f"{secret}\r\n", encoding="utf-8")
    monkeypatch.setenv(f"{field.upper()}_FILE", str(tmp_path / "secret"))

    assert getattr(Settings(), field) == secret


@pytest.mark.parametrize("field", SECRETS)
@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "không có"), (b"", "rỗng"), (b" \n", "rỗng"), (b"\xff\xfe", "không đọc được"), (b"x" * 20_000, "đọc được")],
)
def test_a_file_that_holds_no_secret_is_told(given, tmp_path, field, content, words):
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    name = field.upper()

    faults = given(**{f"{name}_FILE": tmp_path / "secret"})

    assert list(faults) == [name]
    assert words in faults[name]
    assert f"{name}_FILE" in faults[name]


def test_a_folder_is_no_file_and_both_given_is_told(given, tmp_path):
    assert "không đọc được" in given(SECRET_KEY_FILE=tmp_path)["SECRET_KEY"]
    (tmp_path / "secret").write_text(LONG)
    assert "bỏ một trong hai" in given(SECRET_KEY_FILE=tmp_path / "secret", SECRET_KEY=LONG)["SECRET_KEY"]


def seal(file, password, key):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Xã Mẫu")])
    now = datetime.now(UTC)
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=9)).sign(
        key, hashes.SHA256()
    )
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, BestAvailableEncryption(password.encode()))
    )


def test_a_seal_is_opened_with_its_password(given, tmp_path):
    seal(tmp_path / "seal.p12", "mật khẩu", ec.generate_private_key(ec.SECP256R1()))

    assert given(SEAL_FILE=tmp_path / "seal.p12", SEAL_PASSWORD="mật khẩu") == {}
    assert "SEAL_PASSWORD" in given(SEAL_FILE=tmp_path / "seal.p12", SEAL_PASSWORD="sai")["SEAL_FILE"]
    assert "SEAL_FILE" in given(SEAL_FILE=tmp_path / "seal.p12")


def test_a_seal_with_another_kind_of_key_and_no_seal_at_all_are_refused(given, tmp_path):
    seal(tmp_path / "seal.p12", "x", rsa.generate_private_key(65537, 2048))
    assert "P-256" in given(SEAL_FILE=tmp_path / "seal.p12", SEAL_PASSWORD="x")["SEAL_FILE"]

    (tmp_path / "seal.p12").write_bytes(b"no seal")
    assert "SEAL_FILE" in given(SEAL_FILE=tmp_path / "seal.p12")


def test_a_command_ends_with_the_sentences_and_one_and_no_traceback():
    run = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "migrate"],
        cwd=PROJECT_ROOT,
        env={**os.environ, "PUBLIC_ADDRESS": "hoc.example.vn", "SECRET_KEYS": "hunter2"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "PUBLIC_ADDRESS" in run.stderr
    assert "SECRET_KEYS" in run.stderr
    assert "Traceback" not in run.stderr
    assert "hunter2" not in run.stderr


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://hoc.example.vn", True),
        ("https://hoc.example.vn:8443", True),
        ("https://8.8.8.8", True),
        ("https://localhost.example.vn", True),
        ("https://localhost:8443", False),
        ("https://127.0.0.1", False),
        ("https://192.168.1.20:8000", False),
        ("https://hoc.local", False),
        ("https://may-chu", False),
        ("http://hoc.example.vn", False),
        ("", False),
    ],
)
def test_an_https_address_of_the_internet_is_a_production_site(address, expected):
    assert in_production(Settings(public_address=address)) is expected
    assert in_production(Settings(public_address=address, https_only=True))
