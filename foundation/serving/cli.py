"""`serve`: the web server, in development and in production."""

import os
import sys

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import DBAPIError

from foundation.schema import check_schema
from foundation.settings import PROJECT_ROOT


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ lắng nghe.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Cổng.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Số tiến trình web.")
@click.option("--jobs/--no-jobs", default=True, show_default=True, help="Chạy luôn tiến trình làm việc dài.")
@click.option("--factory", default="app:serve", hidden=True)
@with_appcontext
def serve(host: str, port: int, workers: int, jobs: bool, factory: str) -> None:
    """Serve until SIGTERM or Ctrl+C. SIGHUP loads the code anew without losing a request."""
    engine = current_app.extensions["engine"]
    try:
        check_schema(engine)
    except DBAPIError:
        click.echo("Chưa tới được cơ sở dữ liệu: bài học vẫn mở được, phần còn lại chờ nó.", err=True)
    engine.dispose()
    arguments = ["--host", host, "--port", str(port), "--workers", str(workers), "--factory", factory]
    command = [sys.executable, "-m", "foundation.serving.supervisor", *arguments, "--jobs" if jobs else "--no-jobs"]
    os.chdir(PROJECT_ROOT)
    sys.stdout.flush()
    # Replaces this process, so that the supervisor does not keep the application in memory.
    os.execv(sys.executable, command)  # noqa: S606 - our own interpreter and module
