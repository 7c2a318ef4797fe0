"""`flask --app app prepare` and `migrate`: what `make run` and `make migrate` do before anything else."""

from pathlib import Path

import click
from flask import current_app

from community_teams.sample import hamlets
from community_teams.sample.loading import load_sample
from foundation import clock
from foundation.areas.services.loading import load
from foundation.migrating import current, upgrade
from foundation.settings import Settings
from foundation.web.database import transaction
from translations.formats import number

SAMPLE_ACCOUNTS = {
    "to-vien": "tổ viên, ghi lượt thăm hộ",
    "to-truong": "tổ trưởng",
    "can-bo-xa": "cán bộ xã",
    "can-bo-tinh": "cán bộ tỉnh, xem độ phủ",
    "quan-tri": "quản trị",
}


@click.command("migrate")
def migrate() -> None:
    """Bring the tables to their newest form. A second time there is nothing to do."""
    engine = current_app.extensions["engine"]
    before = current(engine)
    upgrade(engine)
    after = current(engine)
    click.echo(f"Cơ sở dữ liệu: {after}" + ("" if before == after else f" (trước đó: {before or 'trống'})"))


@click.command("prepare")
@click.option("--port", envvar="PORT", default=8000, help="Only for the address that is printed.")
def prepare(port: int) -> None:
    """Migrations, areas and the sample, then the address and the sample sign-ins. A second time it only prints."""
    settings: Settings = current_app.extensions["settings"]
    upgrade(current_app.extensions["engine"])
    with transaction() as session:
        loaded = load(session)
        sample = load_sample(
            session,
            households=hamlets.HOUSEHOLDS,
            communes=hamlets.COMMUNES,
            password=settings.sample_password,
            now=clock.now(),
        )
    kept = settings.data_folder / "sample_password"
    if sample.password:
        _keep(kept, sample.password)
    elif settings.sample_password:
        kept.unlink(missing_ok=True)
    catalogue = current_app.extensions["catalogue"]
    click.echo(
        f"{loaded.provinces} tỉnh, {number(loaded.communes)} xã · {len(catalogue.courses)} khoá học, "
        f"{len(catalogue.lessons)} bài · số liệu mẫu: {number(sample.households)} hộ"
    )
    click.echo("\nTài khoản mẫu:")
    for name, what in SAMPLE_ACCOUNTS.items():
        click.echo(f"  {name:<12} {what}")
    click.echo(f"Mật khẩu: {_told(settings, kept)}")
    click.echo(f"\nMở trình duyệt: http://127.0.0.1:{port}   (dừng lại: Ctrl+C)")


def _keep(file: Path, password: str) -> None:
    file.touch(mode=0o600)
    file.write_text(password, encoding="utf-8")


def _told(settings: Settings, kept: Path) -> str:
    if settings.sample_password:
        return settings.sample_password
    if kept.is_file():
        return kept.read_text(encoding="utf-8")
    return "đã in ra khi nạp số liệu mẫu; đặt lại bằng SAMPLE_PASSWORD=… make run"
