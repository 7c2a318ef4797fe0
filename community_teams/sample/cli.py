"""`flask --app app sample …`: made-up data to look around in, and to measure with."""

import click
from flask import current_app
from flask.cli import AppGroup

from community_teams.sample import hamlets
from community_teams.sample.guard import refuse_sample_in_production
from community_teams.sample.loading import clear_sample, load_sample
from community_teams.sample.refusals import PREPARED_FILE, REFUSALS, refuse
from foundation import clock
from foundation.areas.cli import counted as number
from foundation.problems import Conflict, Invalid
from foundation.web.database import transaction

commands = AppGroup("sample", help="Made-up hamlets, households, visits and accounts.")

FAULTS = {
    "too_short": "ngắn quá (ít nhất 8 ký tự)",
    "too_long": "dài quá (nhiều nhất 200 ký tự)",
    "same_as_name": "trùng với tên đăng nhập",
    "too_simple": "dễ đoán quá",
    "bad_characters": "có ký tự lạ",
}


@commands.command("load")
@click.option("--households", type=click.IntRange(1, 2_000_000), default=hamlets.HOUSEHOLDS, show_default=True)
@click.option("--communes", type=click.IntRange(1, 166), default=hamlets.COMMUNES, show_default=True)
@click.option(
    "--visits-per-household", type=click.FloatRange(0, 20), help="On average; without it a little fewer than 1."
)
def load(households: int, communes: int, visits_per_household: float | None) -> None:
    """Load made-up data for communes of Thanh Hoá. A second time changes nothing.

    The sample accounts get the password of the setting SAMPLE_PASSWORD, or one made and printed this once.
    """
    settings = current_app.extensions["settings"]
    try:
        with transaction() as session:
            refuse_sample_in_production(session, settings)
            done = load_sample(
                session,
                households=households,
                communes=communes,
                visits_per_household=visits_per_household,
                password=settings.sample_password,
                now=clock.now(),
            )
    except Conflict as problem:
        if problem.code in REFUSALS:
            refuse(problem)
        if problem.code == "areas_not_loaded":
            raise click.ClickException("Chưa có danh mục tỉnh, xã: chạy “areas load” trước. Chưa ghi gì.") from None
        names = ", ".join(map(str, problem.details["names"]))  # type: ignore[call-overload]
        raise click.ClickException(f"Đã có tài khoản thật mang tên {names}. Chưa ghi gì.") from None
    except Invalid as problem:
        raise click.ClickException(f"SAMPLE_PASSWORD {FAULTS[problem.fields['password']]}. Chưa ghi gì.") from None
    click.echo(
        f"{'Số liệu mẫu' if done.made_now else 'Số liệu mẫu đã có sẵn, giữ nguyên'}: {number(done.communes)} xã, "
        f"{number(done.hamlets)} thôn bản, {number(done.households)} hộ, {number(done.visits)} lượt thăm"
    )
    if done.password:
        click.echo(f"Mật khẩu của các tài khoản mẫu (chỉ in một lần): {done.password}")


@commands.command("clear")
def clear() -> None:
    """Remove all made-up data, and nothing else."""
    with transaction() as session:
        gone = clear_sample(session)
    # The file names accounts that no longer exist.
    (current_app.extensions["settings"].data_folder / PREPARED_FILE).unlink(missing_ok=True)
    click.echo(
        f"Đã xoá số liệu mẫu: {number(gone['area'])} thôn bản, {number(gone['household'])} hộ, "
        f"{number(gone['visit'])} lượt thăm, {number(gone['person'])} tài khoản"
    )
