"""`flask --app app prepare` and `migrate`: what `make run` and `make migrate` do before anything else."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from community_teams.indicators.services import load_our_targets
from community_teams.sample import hamlets
from community_teams.sample.guard import refuse_sample_in_production
from community_teams.sample.loading import load_sample
from community_teams.sample.refusals import PREPARED_FILE, refuse
from foundation import clock
from foundation.areas.services.loading import load
from foundation.migrating import current, upgrade
from foundation.problems import Conflict
from foundation.settings import Settings
from foundation.settings_reading import in_production
from foundation.web.database import session, transaction
from translations.formats import number

SAMPLE_ACCOUNTS = {
    "to-vien": "tổ viên, ghi lượt thăm hộ",
    "to-truong": "tổ trưởng",
    "can-bo-xa": "cán bộ xã",
    "can-bo-tinh": "cán bộ tỉnh, xem độ phủ",
    "quan-tri": "quản trị",
}


@click.command("migrate")
@with_appcontext
def migrate() -> None:
    """Bring the tables to their newest form. A second time there is nothing to do."""
    engine = current_app.extensions["engine"]
    before = current(engine)
    upgrade(engine)
    after = current(engine)
    click.echo(f"Cơ sở dữ liệu: {after}" + ("" if before == after else f" (trước đó: {before or 'trống'})"))


@click.command("prepare")
@with_appcontext
def prepare() -> None:
    """Migrations, areas, targets of plans and the sample, then the sample sign-ins. A second time it only prints."""
    settings: Settings = current_app.extensions["settings"]
    if in_production(settings):
        refuse(Conflict("in_production"))
    upgrade(current_app.extensions["engine"])
    try:
        refuse_sample_in_production(session(), settings)
    except Conflict as problem:
        # Else `make run` would start again from the old output.
        (settings.data_folder / PREPARED_FILE).unlink(missing_ok=True)
        refuse(problem)
    with transaction() as writing:
        loaded = load(writing)
        load_our_targets(writing)
        sample = load_sample(
            writing,
            households=hamlets.HOUSEHOLDS,
            communes=hamlets.COMMUNES,
            password=settings.sample_password,
            now=clock.now(),
        )
    password = settings.sample_password or sample.password
    password_file = settings.data_folder / "sample_password"
    if password:
        _write_private(password_file, password)
    elif password_file.is_file():
        password = password_file.read_text(encoding="utf-8")
    catalogue = current_app.extensions["catalogue"]
    lines = [
        f"{loaded.provinces} tỉnh, {number(loaded.communes)} xã · {len(catalogue.courses)} khoá học, "
        f"{len(catalogue.lessons)} bài · số liệu mẫu: {number(sample.households)} hộ",
        "",
        "Tài khoản mẫu:",
        *(f"  {name:<12} {what}" for name, what in SAMPLE_ACCOUNTS.items()),
        f"Mật khẩu: {password or 'đã in ra khi nạp số liệu mẫu; đặt lại bằng SAMPLE_PASSWORD=… make run'}",
        "",
    ]
    # `make run` prints this file again without running the command, until one of its sources is newer.
    _write_private(settings.data_folder / PREPARED_FILE, "\n".join(lines))
    click.echo("\n".join(lines))


def _write_private(file: Path, text: str) -> None:
    """Write a file that only this user can read: both files contain the sample's password."""
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
