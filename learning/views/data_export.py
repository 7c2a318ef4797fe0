"""The learner's data export: all stored data of the current learner, as a page and as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Response, json, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from foundation import clock
from foundation.web.access import public
from foundation.web.database import session
from learning.queries.data_export import learner_data
from learning.views.blueprint import blueprint
from learning.views.learner import current_person
from learning.views.lookups import catalogue


@dataclass(frozen=True)
class DoneInLesson:
    """title: the lesson's id if the lesson does not exist any more. given, right: counts of answers."""

    title: str
    given: int
    right: int
    last: datetime


@blueprint.get("/toi/mang-theo")
@public
def show_data_export() -> str | BaseResponse:
    person = current_person()
    if person is None:
        return redirect(url_for(".show_me"), 303)
    everything = learner_data(session(), person.id)
    return render_template(
        "learning/data_export.html",
        person=person,
        everything=everything,
        since=datetime.fromisoformat(everything["learner"]["since"]),
        lessons=_by_lesson(everything["answers"]),
        titles={course.id: course.title for course in catalogue().courses},
    )


@blueprint.get("/toi/mang-theo.json")
@public
def download_data_export() -> BaseResponse:
    person = current_person()
    if person is None:
        return redirect(url_for(".show_me"), 303)
    content = {"made_at": clock.now().isoformat(timespec="seconds"), **learner_data(session(), person.id)}
    answer = Response(json.dumps(content, ensure_ascii=False, indent=1), mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="viec-hoc-cua-toi.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _by_lesson(answers: Sequence[Mapping[str, Any]]) -> list[DoneInLesson]:
    """The answers of each lesson summed up, in the order the lessons were begun."""
    of_lesson: dict[str, list[Mapping[str, Any]]] = {}
    for answer in answers:
        of_lesson.setdefault(answer["lesson"], []).append(answer)
    return [
        DoneInLesson(
            title=lesson.title if (lesson := catalogue().lesson(id_)) else id_,
            given=len(given),
            right=sum(answer["right"] is True for answer in given),
            last=datetime.fromisoformat(given[-1]["at"]),
        )
        for id_, given in of_lesson.items()
    ]
