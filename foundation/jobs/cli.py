"""The commands `jobs …`: running background jobs."""

from flask import current_app
from flask.cli import AppGroup

from foundation.jobs.worker import Worker
from foundation.logs.setup import configure_logging

commands = AppGroup("jobs", help="Long work, such as the letters of a class.")


@commands.command("work")
def work() -> None:
    """Do jobs as they come, until stopped."""
    configure_logging(current_app.extensions["settings"])
    app = getattr(current_app, "_get_current_object")()  # noqa: B009 - flask's proxy; threads need the application
    Worker(app).work()
