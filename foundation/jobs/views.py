"""Pages of a job: its progress and its files. Only the person who submitted it may open them."""

import mimetypes
from uuid import UUID

from flask import Blueprint, Flask, Response, current_app, make_response, render_template
from flask_login import current_user

from foundation import clock
from foundation.accounts.views.access import signed_in
from foundation.jobs.files import file_sizes, read_file
from foundation.jobs.health import check_worker
from foundation.jobs.models import Job, JobState
from foundation.problems import NotFound
from foundation.web.database import session

blueprint = Blueprint("jobs", __name__, template_folder="templates")
REFRESH = 2  # seconds
EXPECTED_WAIT = 30  # seconds; if a job waits longer, most likely no worker runs


def init_jobs(app: Flask) -> None:
    """Serve /viec/<job>. Other packages add kinds of jobs with handlers.register_job_handler."""
    app.register_blueprint(blueprint)
    app.extensions["readiness"].add("jobs_worker", check_worker)


@blueprint.get("/viec/<uuid:job_id>")
@signed_in
def show_job(job_id: UUID) -> Response:
    """Reloads itself with a Refresh header while the job is not done, so it needs no script."""
    job = _own_job(job_id)
    waits = job.state in (JobState.WAITING, JobState.RUNNING)
    sizes = file_sizes(session(), job.id) if job.state is JobState.DONE else {}
    waited = (clock.now() - job.requested_at).total_seconds()
    files = [(name, sizes[name]) for name in job.files if name in sizes]
    page = make_response(
        render_template(
            "jobs/job.html",
            job=job,
            waits=waits,
            files=files,
            no_worker=job.state is JobState.WAITING and waited > EXPECTED_WAIT,
        )
    )
    page.headers["Cache-Control"] = "no-store"
    if waits:
        page.headers["Refresh"] = str(REFRESH)
    return page


@blueprint.get("/viec/<uuid:job_id>/<name>")
@signed_in
def download(job_id: UUID, name: str) -> Response:
    job = _own_job(job_id)
    size = file_sizes(session(), job.id).get(name)
    if job.state is not JobState.DONE or name not in job.files or size is None:
        raise NotFound("file_gone")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    answer = Response(read_file(current_app.extensions["sessions"], job.id, name), mimetype=kind)
    answer.content_length = size
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _own_job(id_: UUID) -> Job:
    job = session().get(Job, id_)
    if job is None or job.who != current_user.name:
        raise NotFound("no_such_job")
    return job
