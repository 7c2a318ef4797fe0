"""Everything a deployment may change, read from the environment. docs/deploy.md explains each."""

import secrets
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

HOUSE = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Read once at start. A value that cannot be read stops the start with the name of the variable."""

    model_config = SettingsConfigDict(env_file=None, frozen=True)

    data_folder: Path = Field(
        default=HOUSE / "var", description="Holds the SQLite file, the secret key and prepared static files."
    )
    database_url: str = Field(default="", description="SQLAlchemy address; empty means SQLite in the data folder.")
    secret_key: str = Field(
        default="", description="Signs cookies; empty means one made at first start and kept in the data folder."
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
        default="Bình dân học vụ số (bản chạy thử)", description="Who issues the letters of completion."
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
    seal_password: str = Field(default="", description="Password of the seal's file.")
    sample_password: str = Field(
        default="", description="Password of the sample accounts; empty means one is made and printed."
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

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_folder / 'bdhvs.sqlite3'}"

    @property
    def prepared_static(self) -> Path:
        return self.static_folder or self.data_folder / "static"

    def signing_key(self) -> str:
        """The secret key; made on the first call if none is set, and the same ever after."""
        if self.secret_key:
            return self.secret_key
        file = self.data_folder / "secret_key"
        self.data_folder.mkdir(parents=True, exist_ok=True)
        try:
            # "x" so that two workers starting at once agree on whichever wrote first.
            with file.open("x") as opened:
                file.chmod(0o600)
                opened.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return file.read_text().strip()
