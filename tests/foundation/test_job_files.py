"""The files of jobs: written by one worker, read by every web process, gone after a week."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from foundation.jobs import files
from foundation.jobs.files import RETENTION, file_sizes, read_file, remove_old_files, store_files
from foundation.jobs.handlers import register_job_handler, run_next_job
from foundation.jobs.models import JobFileChunk, JobState
from foundation.jobs.services import LeaseLost, claim_next_job, finish, submit_job


@pytest.fixture
def made(tmp_path, monkeypatch) -> Path:
    """Files of no byte, of exactly one chunk, and of more than two."""
    monkeypatch.setattr(files, "CHUNK", 10)
    (tmp_path / "empty.zip").write_bytes(b"")
    (tmp_path / "one.zip").write_bytes(b"0123456789")
    (tmp_path / "more.pdf").write_bytes(bytes(range(25)))
    return tmp_path


NAMES = ["empty.zip", "one.zip", "more.pdf"]


@pytest.fixture
def job(session, now):
    job = submit_job(session, "print", {}, who="co-giao", now=now)
    claim_next_job(session, worker="one", now=now)
    session.commit()
    return job


def _whole(sessions, job, name):
    return b"".join(read_file(sessions, job.id, name))


def test_what_was_stored_is_read_back_a_chunk_at_a_time(sessions, session, job, made, now):
    for _twice in range(2):
        store_files(sessions, job.id, made, NAMES, worker="one", now=lambda: now)

    assert file_sizes(session, job.id) == {"empty.zip": 0, "one.zip": 10, "more.pdf": 25}
    for name in NAMES:
        assert _whole(sessions, job, name) == (made / name).read_bytes()
    assert [len(chunk) for chunk in read_file(sessions, job.id, "more.pdf")] == [10, 10, 5]
    assert _whole(sessions, job, "another") == b""


def test_a_worker_that_lost_its_job_writes_no_file(sessions, session, job, made, now):
    store_files(sessions, job.id, made, NAMES[:1], worker="one", now=lambda: now)
    claim_next_job(session, worker="two", now=now + timedelta(minutes=1))
    session.commit()

    with pytest.raises(LeaseLost):
        store_files(sessions, job.id, made, NAMES, worker="one", now=lambda: now)

    assert file_sizes(session, job.id) == {"empty.zip": 0}
    store_files(sessions, job.id, made, NAMES[1:2], worker="two", now=lambda: now)
    assert file_sizes(session, job.id) == {"one.zip": 10}


def test_files_go_a_week_after_their_job_ended_and_not_before(sessions, session, job, made, now):
    store_files(sessions, job.id, made, NAMES, worker="one", now=lambda: now)
    assert remove_old_files(session, now=now + 2 * RETENTION) == 0  # not ended
    finish(session, job.id, worker="one", files=NAMES, now=now)

    assert remove_old_files(session, now=now + RETENTION) == 0
    assert remove_old_files(session, now=now + RETENTION + timedelta(seconds=1)) == 5
    assert session.scalar(select(func.count()).select_from(JobFileChunk)) == 0


def test_every_node_gives_out_what_one_worker_made(app, make, session, visitor, now, monkeypatch, tmp_path):
    monkeypatch.setattr(files, "CHUNK", 1000)
    content = bytes(range(256)) * 20

    def work(task):
        (task.folder / "giay.pdf").write_bytes(content)
        return ["giay.pdf"]

    register_job_handler(app, "print", work)
    make.person("co-giao")
    visitor.sign_in("co-giao")
    job = submit_job(session, "print", {}, who="co-giao", now=now)
    session.commit()
    address = f"/viec/{job.id}/giay.pdf"
    assert visitor.client.get(address).status_code == 404
    with app.app_context():
        assert run_next_job(worker="one")
    # Another node has another disk.
    settings = app.extensions["settings"].model_copy(update={"data_folder": tmp_path})
    monkeypatch.setitem(app.extensions, "settings", settings)

    answer = visitor.client.get(address)

    assert (answer.status_code, answer.data, answer.content_type) == (200, content, "application/pdf")
    assert answer.headers["Content-Length"] == str(len(content))
    assert answer.headers["Content-Disposition"] == "attachment; filename=giay.pdf"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "5 KB" in visitor.open(f"/viec/{job.id}")
    assert visitor.client.get(f"/viec/{job.id}/other.pdf").status_code == 404

    session.refresh(job)
    assert job.state is JobState.DONE
    remove_old_files(session, now=job.ended_at + RETENTION + timedelta(seconds=1))
    assert visitor.client.get(address).status_code == 404
    assert "không còn giữ nữa" in visitor.open(f"/viec/{job.id}")
