"""`flask --app app teams report`: the coverage report of an area as a PDF."""

from pathlib import Path

import click

from community_teams.command_group import commands
from community_teams.reports.prints import report_pdf
from community_teams.reports.services import draw_up_report
from foundation import clock
from foundation.accounts.services.audit import COMMAND_LINE
from foundation.areas.domain.scope import NATION
from foundation.problems import NotFound
from foundation.web.database import session, transaction

WHOLE_NATION = "vn"


@commands.command("report")
@click.argument("area")
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    required=True,
    help="The PDF file to write; one that is there is replaced.",
)
def report(area: str, output: Path) -> None:
    """Write the draft report of AREA, an area code or "vn" for the nation. Adds an entry to the audit log."""
    try:
        with transaction() as writing:
            drawn_up = draw_up_report(
                writing, NATION, None if area == WHOLE_NATION else area, who=COMMAND_LINE, now=clock.now()
            )
    except NotFound:
        raise click.ClickException(f"không có nơi nào mang mã {area}") from None
    pdf = report_pdf(session(), drawn_up)
    try:
        output.write_bytes(pdf)
    except OSError as error:
        raise click.ClickException(f"không ghi được tệp {output}: {error.strerror}") from None
    click.echo(f"Đã ghi báo cáo dự thảo: {output} ({len(pdf) // 1024} KB)")
