"""All settings, read from environment variables. docs/deploy.md explains each."""

import ipaddress
import re
import secrets
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from foundation.limit_settings import LimitSettings

PROJECT_ROOT = Path(__file__).resolve().parent.parent

# A secret may be in a file, named by a variable that ends in _FILE, as container engines and systemd provide them.
SECRETS = ("database_url", "secret_key", "seal_password", "sample_password")
LARGEST_SECRET = 16 * 1024  # bytes
# One part of a host's name; "_" is no letter of the standard, but containers have it.
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
DRIVERS = {"sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"}


class Settings(LimitSettings):
    """The settings of one process, read once at start.

    Raises pydantic's ValidationError with every value that cannot be read. foundation/settings_reading.py has the
    messages
    for its codes; the server and the commands read settings through that module.
    """

    # An empty variable is one that is not set: STATIC_FOLDER= would be the folder we happen to stand in.
    model_config = SettingsConfigDict(env_file=None, env_ignore_empty=True, frozen=True)

    database_url_file: Path | None = Field(default=None, description="A file that holds DATABASE_URL.")
    secret_key_file: Path | None = Field(default=None, description="A file that holds SECRET_KEY.")
    seal_password_file: Path | None = Field(default=None, description="A file that holds SEAL_PASSWORD.")
    sample_password_file: Path | None = Field(default=None, description="A file that holds SAMPLE_PASSWORD.")

    data_folder: Path = Field(
        default=PROJECT_ROOT / "var", description="Holds the SQLite file, the secret key and prepared static files."
    )
    database_url: str = Field(
        validate_default=True, default="", description="SQLAlchemy address; empty means SQLite in the data folder."
    )
    secret_key: str = Field(
        validate_default=True,
        default="",
        description="Signs cookies; empty means one made at first start and kept in the data folder.",
    )
    static_folder: Path | None = Field(
        default=None,
        description="Holds the prepared static files of this version and of those before; nodes may share it. "
        "Empty means static in the data folder.",
    )
    public_address: str = Field(
        default="",
        description="Where people reach this site, such as https://hoc.example.vn; printed in QR codes. "
        "Empty means the address of the request.",
    )
    organisation: str = Field(
        default="Bình dân học vụ số (bản chạy thử)", max_length=300, description="Who issues the letters of completion."
    )
    map_tiles: str = Field(
        default="",
        description="Address of a base map for enlarged maps, such as https://tiles.example.vn/{z}/{x}/{y}.png; "
        "empty means none.",
    )
    map_tiles_credit: str = Field(default="", description="Whose base map it is, shown in the map's corner.")
    behind_proxy: int = Field(
        default=0, ge=0, le=5, description="How many trusted proxies stand in front and set X-Forwarded-*."
    )
    https_only: bool = Field(default=False, description="Cookies only over HTTPS, and HSTS. Set it in production.")
    waiting_bodies_mb: int = Field(
        default=512, ge=16, description="Disk that bodies being received may take, in MB for each worker."
    )
    session_idle_days: int = Field(
        default=31, ge=1, le=366, description="After so many days unused a sign-in ends; phones are offline for weeks."
    )
    session_days: int = Field(
        default=180, ge=1, le=3660, description="After so many days a sign-in ends, however much it is used."
    )
    development: bool = Field(
        default=False, description="Shows the gallery of parts at /giao-dien; lessons are read anew."
    )
    seal_file: Path | None = Field(
        default=None,
        description="PKCS#12 file with a certificate and its EC P-256 key; letters of completion are sealed with it. "
        "Empty means no seal.",
    )
    seal_password: str = Field(validate_default=True, default="", description="Password of the seal's file.")
    sample_password: str = Field(
        validate_default=True,
        default="",
        description="Password of the sample accounts; empty means one is made and printed.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least of what is written to the log; requests are written at info."
    )
    log_format: Literal["text", "json"] = Field(default="text", description="How a line of the log is written.")
    log_addresses: bool = Field(
        default=False, description="Writes the visitor's address into each request's line: personal data."
    )
    backup_recipient: str = Field(
        default="",
        description="Public keys that backups are encrypted for, with commas between: age1… or ssh-ed25519 …. "
        "Empty means backups are not encrypted and hold no keys.",
    )
    backup_keep: str = Field(
        default="7,4,12", description="How many daily, weekly and monthly backups of a folder are kept."
    )

    metrics_address: str = Field(
        default="",
        description="Private address and port at which Prometheus finds figures, such as 127.0.0.1:9464; "
        "empty means none.",
    )
    data_licence: str = Field(
        default="",
        max_length=300,
        description="Under which licence the open figures may be used, as /do-phu/du-lieu shows it; "
        "empty means that it is not decided yet.",
    )

    @field_validator(*SECRETS, mode="before")
    @classmethod
    def _from_file(cls, value: object, info: ValidationInfo) -> object:
        file = info.data.get(f"{info.field_name}_file")
        if file is None:
            return value
        if value:
            raise PydanticCustomError("given_twice", "given as a value and as a file")
        return _read_secret(file)

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value:
            return value
        try:
            driver = make_url(value).drivername
        except (ArgumentError, ValueError):
            raise PydanticCustomError("unreadable_address", "not an SQLAlchemy address") from None
        if driver not in DRIVERS:
            raise PydanticCustomError("unknown_driver", "neither sqlite nor postgresql")
        return value

    @field_validator("public_address")
    @classmethod
    def _address_alone(cls, value: str) -> str:
        if not value:
            return value
        parts = _split(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise PydanticCustomError("no_scheme", "needs http:// or https:// and a name")
        if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
            raise PydanticCustomError("more_than_an_address", "must be scheme and name only")
        host = host_name(parts.hostname)
        if host is None:
            raise PydanticCustomError("no_host_name", "no name that browsers reach")
        usual = {"http": 80, "https": 443}[parts.scheme]
        return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port not in {None, usual} else "")

    @field_validator("metrics_address")
    @classmethod
    def _private_address(cls, value: str) -> str:
        if not value:
            return value
        host, _, port = value.rpartition(":")
        try:
            address = ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            raise PydanticCustomError("no_address_and_port", "needs an address and a port") from None
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise PydanticCustomError("no_address_and_port", "needs an address and a port")
        if address.is_unspecified or not (address.is_loopback or address.is_private):
            raise PydanticCustomError("public_metrics", "must be a private address")
        return value

    @field_validator("map_tiles")
    @classmethod
    def _tiles_by_number(cls, value: str) -> str:
        if not value:
            return value
        parts = _split(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise PydanticCustomError("no_scheme", "needs http:// or https:// and a name")
        if any(part not in value for part in ("{z}", "{x}", "{y}")):
            raise PydanticCustomError("no_tile_numbers", "needs {z}, {x} and {y}")
        return value

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_folder / 'bdhvs.sqlite3'}"

    @property
    def prepared_static(self) -> Path:
        return self.static_folder or self.data_folder / "static"

    def signing_key(self) -> str:
        """The secret key.

        If none is set, the first call creates one in the data folder; later calls return the same.
        """
        if self.secret_key:
            return self.secret_key
        file = self.data_folder / "secret_key"
        self.data_folder.mkdir(parents=True, exist_ok=True)
        try:
            # "x": of two workers that start at once the first one writes, and both use its key.
            with file.open("x") as opened:
                file.chmod(0o600)
                opened.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return file.read_text().strip()


def _read_secret(file: Path) -> str:
    """The content of a file without the line break at its end."""
    try:
        # A pipe would be waited for, and could be read by the first process alone.
        if file.exists() and not file.is_file():
            raise PydanticCustomError("file_unreadable", "no file")
        with file.open("rb") as opened:
            content = opened.read(LARGEST_SECRET + 1)
        text = content.decode("utf-8-sig").rstrip("\r\n")
    except FileNotFoundError:
        raise PydanticCustomError("file_missing", "the file is not there") from None
    except (OSError, UnicodeDecodeError):
        raise PydanticCustomError("file_unreadable", "the file cannot be read") from None
    if not text.strip():
        raise PydanticCustomError("file_empty", "the file is empty")
    if len(content) > LARGEST_SECRET or "\0" in text:
        raise PydanticCustomError("file_unreadable", "the file holds no secret")
    return text


def host_name(written: str) -> str | None:
    """The name of a host as browsers send it: ASCII (học.vn is xn--hc-68s.vn), lower case, without a dot at its end.

    None for what is no name and no address.
    """
    try:
        address = ipaddress.ip_address(written)
        return f"[{address}]" if address.version == 6 else str(address)
    except ValueError:
        pass
    try:
        name = written.removesuffix(".").encode("idna").decode().lower()
    except UnicodeError:
        return None
    labels = name.split(".")
    # A name that ends in a number is read as an address by browsers.
    if labels[-1].isdecimal() or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return name


def _split(address: str) -> SplitResult:
    """Parts of an address; an empty result if a browser would refuse the address."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts if not any(letter.isspace() for letter in address) else urlsplit("")
