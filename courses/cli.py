"""flask --app app courses …: commands for people who write lessons."""

import json
from pathlib import Path

import click
from flask.cli import AppGroup
from markupsafe import escape

from courses.catalogue import LIBRARY, Catalogue
from courses.checking import future_date_warnings, stale_warnings
from courses.faults import LibraryFault
from foundation import clock

_SHEET = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Hình vẽ</title>
<style>body{display:grid;grid-template-columns:repeat(auto-fill,minmax(14rem,1fr));background:#fdf8ee}figure{margin:1rem}</style>"""

commands = AppGroup("courses", help="The lesson library.")


@commands.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option(
    "--folder",
    default=LIBRARY,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A library elsewhere, laid out like ours.",
)
def check(as_json: bool, folder: Path) -> None:
    """Read every lesson and name each fault with its file and key. Exits 1 if there is any; warnings do not count."""
    catalogue = Catalogue.load(folder)
    today, facts = clock.day_in_vietnam(clock.now()), catalogue.facts.values()
    warnings = stale_warnings(catalogue.lessons, facts, today) + future_date_warnings(catalogue.lessons, facts, today)
    if as_json:
        click.echo(_as_json(catalogue, warnings))
    else:
        for lesson in catalogue.lessons:
            click.echo(f"ok       {lesson.course}/{lesson.id}: {len(lesson.practice.screens)} screens")
        for warning in warnings:
            click.echo(f"warning  {warning}", err=True)
        for fault in catalogue.faults:
            click.echo(f"FAULT    {fault}", err=True)
    if catalogue.faults:
        raise SystemExit(1)


@commands.command("pictures")
@click.argument("file", type=click.Path(dir_okay=False, writable=True, path_type=Path))
def pictures(file: Path) -> None:
    """Write all drawings side by side into one HTML file, each with its name and what it shows."""
    pictures = Catalogue.load().pictures.values()
    figures = [
        f"<figure>{picture.standalone}<figcaption><b>{picture.name}</b><br>{escape(picture.alt)}</figcaption></figure>"
        for picture in pictures
    ]
    file.write_text("\n".join([_SHEET, *figures]), encoding="utf-8")
    click.echo(f"written  {file}: {len(figures)} pictures")


def _as_json(catalogue: Catalogue, warnings: list[LibraryFault]) -> str:
    payload = {
        "lessons": [lesson.id for lesson in catalogue.lessons],
        "faults": [_as_entry(fault) for fault in catalogue.faults],
        "warnings": [_as_entry(warning) for warning in warnings],
    }
    return json.dumps(payload, ensure_ascii=False)


def _as_entry(fault: LibraryFault) -> dict[str, object]:
    return {
        "file": fault.file,
        "key": fault.key,
        "code": fault.detail.code,
        "values": fault.detail.values,
        "says": fault.message,
    }
