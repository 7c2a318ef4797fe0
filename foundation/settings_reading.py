"""Reads the settings of the server or a command. Wrong ones stop the start, with a message for each."""

import ipaddress
import os
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path
from urllib.parse import urlsplit

import click
from cryptography.hazmat.primitives.serialization import pkcs12
from pydantic import ValidationError
from sqlalchemy import make_url

from foundation.backups.archives import read_recipients
from foundation.backups.retention import parse_retention_rule
from foundation.settings import SECRETS, Settings

SHORTEST_KEY = 32  # characters; 24 random bytes in base64
# An unknown name this similar to a setting is taken as a typing mistake: SECRET_KEYS, PUBLIC_ADRESS.
MIN_SIMILARITY = 0.85
# Variables that `make run` and the start of the server read besides the settings.
OTHER_NAMES = {"PORT", "WORKERS", "PYTHON", "FLASK_APP"}

# Codes of the validators of Settings and of pydantic, each with a Vietnamese and an English text.
SENTENCES = {
    "given_twice": "vừa đặt giá trị vừa đặt tệp {name}_FILE: bỏ một trong hai (given both as a value and as a file)",
    "file_missing": "tệp ghi trong {name}_FILE không có (the file is not there)",
    "file_unreadable": "tệp ghi trong {name}_FILE không đọc được: xem quyền và nội dung (the file cannot be read)",
    "file_empty": "tệp ghi trong {name}_FILE rỗng (the file is empty)",
    "unreadable_address": (
        "không đọc được: phải như postgresql://tên:mật-khẩu@máy/cơ-sở-dữ-liệu (not an SQLAlchemy address)"
    ),
    "unknown_driver": "chỉ dùng được sqlite:///… hoặc postgresql://… (only SQLite and PostgreSQL)",
    "no_scheme": "thiếu http:// hoặc https:// ở đầu, hoặc tên máy (needs http:// or https:// and a name)",
    "more_than_an_address": (
        "chỉ gồm https:// và tên máy, không có đường dẫn, dấu ? hay tên người dùng (scheme and name only, no path)"
    ),
    "no_host_name": "tên máy viết chưa đúng, trình duyệt không tới được (not a name that browsers reach)",
    "not_in_a_file": "chỉ mật khẩu và khoá đặt được trong tệp; đặt {meant} (only secrets come from files; set {meant})",
    "database_in_memory": (
        "thiếu tên tệp: mỗi tiến trình sẽ có một cơ sở dữ liệu riêng, tắt là mất (no file; would be lost at every stop)"
    ),
    "no_tile_numbers": "thiếu {{z}}, {{x}} hoặc {{y}} trong địa chỉ (needs {{z}}, {{x}} and {{y}})",
    "no_address_and_port": "phải như 127.0.0.1:9464 (an address and a port)",
    "public_metrics": (
        "phải là địa chỉ của chính máy này hoặc mạng riêng, như 127.0.0.1:9464: số đo không dành cho mọi người "
        "(a private address only)"
    ),
    "int_parsing": "phải là số nguyên (must be a whole number)",
    "greater_than_equal": "nhỏ quá (too small; at least {ge})",
    "less_than_equal": "lớn quá (too large; at most {le})",
    "bool_parsing": "phải là true hoặc false (must be true or false)",
    "literal_error": "phải là một trong: {expected} (must be one of these)",
    "string_too_long": "dài quá {max_length} ký tự (longer than {max_length} characters)",
    "short_key": (
        f"ngắn hơn {SHORTEST_KEY} ký tự: kẻ lạ đoán được thì ký được phiên đăng nhập và giấy xác nhận. "
        "Tạo khoá: openssl rand -hex 32 (shorter than {shortest} characters)"
    ),
    "unwritable_folder": "không ghi được vào thư mục này: xem quyền (the folder cannot be written)",
    "seal_missing": "tệp con dấu không có hoặc không đọc được (the seal's file cannot be read)",
    "seal_refused": (
        "không mở được tệp con dấu bằng SEAL_PASSWORD, hoặc tệp không có chứng thư và khoá EC P-256 "
        "(wrong password, or no certificate with an EC P-256 key)"
    ),
    "not_a_recipient": (
        "không phải khoá công khai: cần age1…, ssh-ed25519 … hoặc ssh-rsa …; khoá riêng không đặt ở đây "
        "(not a public key of age or SSH)"
    ),
    "not_a_keep_rule": "viết như 7,4,12: số bản ngày, tuần, tháng (such as 7,4,12: daily, weekly, monthly)",
    "not_a_rate": "viết như 5/15m (số lần / thời gian: s, m, h, d), hoặc off (such as 5/15m, or off)",
    "near_miss": "không có cài đặt nào tên như thế; có phải {meant}? (unknown; did you mean {meant}?)",
}
_OTHERWISE = "không đọc được (cannot be read)"


class SettingsError(click.ClickException):
    """faults: a message for each wrong variable, by its name. A command prints them and exits with 1."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        lines = [f"  {name}: {sentence}" for name, sentence in self.faults.items()]
        super().__init__("\n".join(["Cài đặt chưa đúng, chưa chạy gì (settings are wrong):", *lines]))


def read_settings() -> Settings:
    """Read the settings from the environment. Raises SettingsError with everything that is wrong.

    Messages never repeat a value, because it may be a secret.
    """
    faults: dict[str, str] = {}
    try:
        settings = Settings()
    except ValidationError as error:
        usable: dict[str, object] = {}
        for each in error.errors():
            field = str(each["loc"][0]).lower()
            sentence = _sentence(each["type"], name=field.upper(), **each.get("ctx", {}))
            faults.setdefault(field.upper(), sentence)
            usable |= {field: Settings.model_fields[field].default, f"{field}_file": None}
        # Checks the other settings too, with the wrong ones at their defaults.
        settings = Settings.model_validate(
            {name: value for name, value in usable.items() if name in Settings.model_fields}
        )
    for name, code in _cross_checks(settings).items():
        faults.setdefault(name, _sentence(code, name=name, shortest=SHORTEST_KEY))
    faults |= _misspelt_names()
    if faults:
        raise SettingsError(faults)
    return settings


def weak_key(settings: Settings) -> bool:
    """Whether the given key is short enough to guess. A key that the platform creates is long."""
    return 0 < len(settings.secret_key) < SHORTEST_KEY


def in_production(settings: Settings) -> bool:
    """Whether this is a production site: HTTPS_ONLY, or an https address that is not of this machine or its network."""
    if settings.https_only:
        return True
    address = urlsplit(settings.public_address)
    return address.scheme == "https" and not _is_private(address.hostname or "")


def _is_private(host: str) -> bool:
    """Whether a name or address is never one of the public internet (RFC 6761, 6762, 8375; ICANN for .internal)."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".test", ".internal", ".home.arpa"))


def _cross_checks(settings: Settings) -> dict[str, str]:
    """Codes for settings that can be read but do not fit together, by the name of the variable."""
    found: dict[str, str] = {}
    if weak_key(settings) and in_production(settings):
        found |= {"SECRET_KEY": "short_key"}
    if not _can_write(settings.data_folder):
        found["DATA_FOLDER"] = "unwritable_folder"
    if settings.static_folder is not None and not _can_write(settings.static_folder):
        found["STATIC_FOLDER"] = "unwritable_folder"
    if _in_memory(settings.database_url):
        found["DATABASE_URL"] = "database_in_memory"
    if settings.seal_file is not None:
        code = _seal_fault(settings)
        if code:
            found["SEAL_FILE"] = code
    for name, read, value, code in (
        ("BACKUP_RECIPIENT", read_recipients, settings.backup_recipient, "not_a_recipient"),
        ("BACKUP_KEEP", parse_retention_rule, settings.backup_keep, "not_a_keep_rule"),
    ):
        try:
            read(value)
        except ValueError:
            found[name] = code
    return found


def _in_memory(database_url: str) -> bool:
    url = make_url(database_url or "postgresql://")
    return url.get_backend_name() == "sqlite" and (url.database or ":memory:").startswith(":memory:")


def _can_write(folder: Path) -> bool:
    """Whether the folder exists or can be created, and can be written."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _seal_fault(settings: Settings) -> str:
    assert settings.seal_file is not None
    try:
        content = settings.seal_file.read_bytes()
    except OSError:
        return "seal_missing"
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(content, settings.seal_password.encode() or None)
    except (ValueError, TypeError):
        return "seal_refused"
    curve = getattr(getattr(key, "curve", None), "name", "")
    return "" if certificate is not None and curve == "secp256r1" else "seal_refused"


def _misspelt_names() -> dict[str, str]:
    known = {name.upper() for name in Settings.model_fields} | OTHER_NAMES
    assert all(f"{name.upper()}_FILE" in known for name in SECRETS)
    found = {}
    for name in os.environ:
        if name.upper() in known:
            continue
        if (meant := name.upper().removesuffix("_FILE")) in known - OTHER_NAMES:
            found[name] = _sentence("not_in_a_file", name=name, meant=meant)
            continue
        similarity, meant = max((SequenceMatcher(None, name.upper(), each).ratio(), each) for each in known)
        if similarity >= MIN_SIMILARITY:
            found[name] = _sentence("near_miss", name=name, meant=meant)
    return found


def _sentence(code: str, **values: object) -> str:
    return SENTENCES.get(code, _OTHERWISE).format(**values)
