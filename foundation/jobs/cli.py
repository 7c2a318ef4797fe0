"""`jobs`: doing long work."""

from flask import current_app
from flask.cli import AppGroup

from foundation.jobs.views import the_jobs
from foundation.logs.setup import configure_logging

commands = AppGroup("jobs", help="Long work, such as the letters of a class.")


@commands.command("work")
def work() -> None:
    """Do jobs as they come, until stopped. Those a worker before left undone come first."""
    configure_logging(current_app.extensions["settings"])
    the_jobs(current_app).work()
