"""Sets up the catalogue and the template filter for lesson text in a Flask application."""

from pathlib import Path

from flask import Flask, request

from courses.catalogue import LIBRARY, Catalogue
from courses.rich_text import render_rich_text


def init_courses(app: Flask, folder: Path = LIBRARY) -> None:
    """Sets app.extensions["catalogue"]. A lesson with a fault is excluded and logged; the application still starts.

    In development a changed library is reloaded at the next request, so that an author sees what was just saved.
    Elsewhere it is loaded at start only: a lesson does not change while people are in it.
    """
    app.extensions["catalogue"] = _load(app, folder)
    app.add_template_filter(render_rich_text, "rich")
    settings = app.extensions.get("settings")
    if settings is not None and settings.development:
        _reload_on_change(app, folder)


def _load(app: Flask, folder: Path) -> Catalogue:
    catalogue = Catalogue.load(folder)
    for fault in catalogue.faults:
        app.logger.error("left out of the library: %s", fault)
    return catalogue


def _reload_on_change(app: Flask, folder: Path) -> None:
    own, last_stamp = app.extensions["catalogue"], _stamp(folder)

    @app.before_request
    def reload_if_changed() -> None:
        nonlocal own, last_stamp
        # A catalogue that another part of the program set is not replaced. Static files need no check.
        if app.extensions["catalogue"] is not own or request.endpoint is None or request.endpoint.endswith(".static"):
            return
        stamp = _stamp(folder)  # taken before loading: what is saved meanwhile is noticed at the next request
        if stamp != last_stamp:
            own, last_stamp = _load(app, folder), stamp
            app.extensions["catalogue"] = own


def _stamp(folder: Path) -> frozenset[tuple[str, int, int]]:
    """Path, modification time (ns) and size of every file below `folder`. About 3 ms for 300 files."""
    found = []
    for file in folder.rglob("*"):
        try:
            status = file.stat()
        except OSError:  # deleted since it was listed
            continue
        found.append((str(file), status.st_mtime_ns, status.st_size))
    return frozenset(found)
