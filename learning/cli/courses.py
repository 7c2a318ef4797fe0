"""The commands of courses, and `courses preview`, which shows a lesson as learners will see it.

Rendering a screen belongs to learning, so this one command is defined here and added to the others.
"""

from difflib import get_close_matches
from pathlib import Path

import click
from flask import current_app, render_template

from courses.catalogue import LIBRARY, Catalogue
from courses.cli import commands
from courses.domain.lesson import Lesson
from courses.domain.preview import preview_screens

__all__ = ["commands", "preview"]

_STYLES = (("web", "page.css"), ("learning", "lesson.css"), ("learning", "admin.css"))


@commands.command("preview")
@click.argument("lesson_id", metavar="LESSON")
@click.option(
    "-o",
    "--output",
    default=".",
    type=click.Path(path_type=Path),
    help="The file to write, or a folder to write LESSON.html into; here when left out.",
)
@click.option(
    "--folder",
    default=LIBRARY,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A library elsewhere, laid out like ours.",
)
def preview(lesson_id: str, output: Path, folder: Path) -> None:
    """Write LESSON, with all its screens side by side, as one HTML file that needs no server.

    Correct places are highlighted, and below each screen is where every answer leads. An existing file is replaced. A
    lesson with a fault is not rendered: its faults are listed, and the command exits 1.
    """
    catalogue = Catalogue.load(folder)
    lesson = catalogue.lesson(lesson_id)
    if lesson is None:
        raise click.ClickException(_reason(catalogue, lesson_id))
    file = output / f"{lesson.id}.html" if output.is_dir() else output
    html = _rendered(lesson, f"{folder.name}/{lesson.course}/{lesson.id}/lesson.toml")
    try:
        file.write_text(html, encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"không ghi được tệp {file}: {error.strerror}") from None
    click.echo(f"Đã ghi bản xem trước: {file} ({len(html.encode()) // 1024} KB)")


def _reason(catalogue: Catalogue, lesson_id: str) -> str:
    faults = [str(fault) for fault in catalogue.faults if f"/{lesson_id}/" in fault.file]
    if faults:
        return "\n".join([f"bài {lesson_id} có chỗ phải sửa trước:", *faults])
    near = get_close_matches(lesson_id, [lesson.id for lesson in catalogue.lessons], n=1)
    return f"không có bài {lesson_id}" + (f"; ý bác là {near[0]}?" if near else "")


def _rendered(lesson: Lesson, file: str) -> str:
    styles = [
        Path(current_app.blueprints[room].static_folder or "", name).read_text(encoding="utf-8")
        for room, name in _STYLES
    ]
    with current_app.test_request_context():  # templates name addresses
        return render_template(
            "learning/preview_file.html",
            lesson=lesson,
            screens=preview_screens(lesson.practice),
            styles=styles,
            file=file,
        )
