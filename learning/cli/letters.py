"""`learning letters AREA`: all letters of an area's classes and assisted learners, to print."""

from importlib import import_module
from pathlib import Path

import click
from flask import current_app

from foundation import clock
from foundation.accounts.queries import area_path
from foundation.accounts.services.audit import COMMAND_LINE, record
from foundation.areas.domain.scope import Scope
from learning import queries
from learning.cli.keys import commands
from learning.domain.letters import Letter
from learning.queries.assisting import learners_assisted_in
from learning.queries.classes import evenings_in

__all__ = ["commands", "print_letters"]

# Rendering letters belongs to the views; commands and views do not import each other otherwise.
PRINTING = "learning.views.class_letters"


@commands.command("letters")
@click.argument("area")
@click.option(
    "-o",
    "--output",
    default=".",
    type=click.Path(path_type=Path, file_okay=False),
    help="The folder to write into; here when left out.",
)
def print_letters(area: str, output: Path) -> None:
    """Write the letters of all classes and assisted learners of AREA: one PDF for the printer and one ZIP.

    AREA is an official code, VN for the whole nation. Attendees who have finished, have a name and have no letter yet
    are issued one; running it again issues no new ones.
    """
    printing = import_module(PRINTING)
    root = current_app.extensions["settings"].public_address.rstrip("/")
    if not root:
        raise click.ClickException("cần đặt PUBLIC_ADDRESS: mã vuông trên giấy phải dẫn tới địa chỉ của trang này")
    sessions = current_app.extensions["sessions"]
    letters: dict[str, Letter] = {}
    with sessions() as reading:
        path = area_path(reading, area)
        if path is None:
            raise click.ClickException(f"không có địa bàn {area}")
        scope = Scope((path,))
        evenings = evenings_in(reading, scope, most=None)
        finished = {evening: printing.finished_in(reading, evening) for evening in evenings}
        helped = learners_assisted_in(reading, scope)
    for evening, those in finished.items():
        course = current_app.extensions["catalogue"].course(evening.course)
        if course is not None:
            for letter in printing.issue_all(sessions, evening, those, course, lambda _done: None, who=COMMAND_LINE):
                letters.setdefault(letter.code, letter)
    with sessions() as writing:
        for learner in helped:
            for letter in queries.letters_of(writing, learner):
                letters.setdefault(letter.code, letter)
        details = {"letters": len(letters)}
        record(writing, COMMAND_LINE, "make_class_letters", details, now=clock.now(), area_path=path)
        writing.commit()
    if not letters:
        click.echo("Chưa có giấy nào để in.")
        return
    output.mkdir(parents=True, exist_ok=True)
    names = printing.write_letters(sessions, list(letters.values()), output, root=root)
    click.echo(f"{len(letters)} giấy: " + ", ".join(str(output / name) for name in names))
