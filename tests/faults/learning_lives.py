"""Lets phones of learners live through faults, and counts what became of what they were given to answer."""

import json
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from foundation.settings import PROJECT_ROOT
from learning.models import AnswerRow

LIVES = Path(__file__).with_name("answers.mjs")


@dataclass(frozen=True)
class Reckoning:
    """given: what people answered. lost: of it, not in the record. twice: in the record beyond what was given. strayed:
    in the record of somebody else. waiting, refused: still on the phones at the end."""

    given: int
    lost: int
    twice: int
    strayed: int
    waiting: int
    refused: int

    @property
    def faultless(self) -> bool:
        return self.given > 0 and not (self.lost or self.twice or self.strayed or self.waiting or self.refused)


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def live(node: str, address: str, session: Session, *, first: int, count: int) -> Reckoning:
    """The lives of `count` phones, by the seeds from `first` on, held against the record, which was empty before."""
    command = [node, str(LIVES), address, str(first), str(count)]
    run = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, check=False, timeout=3600)
    assert run.returncode == 0, run.stderr[-3000:]
    lives = json.loads(run.stdout)
    rows = {str(id_): str(learner) for id_, learner in session.execute(select(AnswerRow.id, AnswerRow.learner))}
    given = [answer for each in lives for answer in each["given"]]
    strayed = 0
    for each in lives:
        nobodys = {rows[answer["id"]] for answer in each["given"] if answer["learner"] is None and answer["id"] in rows}
        strayed += max(0, len(nobodys) - 1)
        strayed += sum(rows.get(a["id"], a["learner"]) != a["learner"] for a in each["given"] if a["learner"])
    kept = Counter(answer["id"] for answer in given) & Counter(rows.keys())
    return Reckoning(
        given=len(given),
        lost=sum(answer["id"] not in rows for answer in given),
        twice=len(rows) - kept.total(),
        strayed=strayed,
        waiting=sum(each["waiting"] for each in lives),
        refused=sum(each["refused"] for each in lives),
    )
