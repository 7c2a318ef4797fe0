"""The letters of a class: names are entered, then a job prints them all."""

import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from courses.domain.lesson import Course
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.services.audit import record
from foundation.accounts.views.access import may
from foundation.areas.domain.scope import NATION
from foundation.jobs.handlers import Task
from foundation.jobs.services import submit_job
from foundation.problems import Invalid, NotFound
from foundation.web.body_limits import KB, takes
from foundation.web.database import Session, session, transaction
from learning.domain.classes import MOST_LEARNERS, read_names
from learning.domain.letters import Letter
from learning.queries.classes import Evening, attendees_of, evening_in, ways_at
from learning.services.award_keys import signing_key
from learning.services.class_letters import Finished, finished_of, issue_class_letter
from learning.services.classes import set_letter_names
from learning.views.blueprint import teaching
from learning.views.classes import course_of, find_class
from learning.views.letter_prints import LetterPrints
from learning.views.lookups import catalogue
from learning.views.qr import printed_root
from translations.languages import SOURCE

KIND = "class_letters"
# Letters per transaction. After a killed worker, issued letters stay and the files are made again.
AT_ONCE = 10


@teaching.get("/lop-hoc/<uuid:class_id>/giay")
@may(Act.TEACH)
def ask_letters(class_id: UUID) -> str:
    return _page(find_class(class_id))


@teaching.post("/lop-hoc/<uuid:class_id>/giay")
@takes(256 * KB, fields=2 * MOST_LEARNERS)  # a name for everybody of a class
@may(Act.TEACH)
def make_letters(class_id: UUID) -> Response | tuple[str, int]:
    evening = find_class(class_id)
    course_of(evening)
    names = {
        id_: request.form.get(f"ten-{id_}", "")
        for id_ in (each.present.person.id for each in finished_in(session(), evening))
        if f"ten-{id_}" in request.form
    }
    now = clock.now()
    arguments = {
        "class": str(evening.id),
        "root": printed_root(),
        "back": url_for(".show_class", class_id=evening.id),
    }
    try:
        read = read_names(names)
        with transaction() as writing:
            set_letter_names(writing, evening, read, who=current_user.name, now=now)
            job = submit_job(writing, KIND, arguments, who=current_user.name, now=now)
            record(
                writing,
                current_user.name,
                "make_class_letters",
                {"class": str(evening.id)},
                now=now,
                area_path=evening.area_path,
            )
    except Invalid as faulty:
        return _page(evening, typed=request.form, faults=faulty.fields), faulty.status
    return redirect(url_for("jobs.show_job", job_id=job.id), 303)


def finished_in(reading: Session, evening: Evening) -> list[Finished]:
    """The attendees who have finished the course; none if the course does not exist any more."""
    course = catalogue().course(evening.course)
    if course is None:
        return []
    present = attendees_of(reading, evening)
    return finished_of(
        present, ways_at(reading, evening, present, {lesson.id: lesson.graded for lesson in course.lessons})
    )


def print_class(task: Task) -> list[str]:
    """The job: issue missing letters, then write one file for the printer and a ZIP of all."""
    with task.sessions() as reading:
        evening = evening_in(reading, NATION, UUID(task.arguments["class"]))
        if evening is None:
            raise NotFound("no_such_class")
        finished = finished_in(reading, evening)
    course = course_of(evening)
    letters = issue_all(
        *(task.sessions, evening, finished, course),
        lambda done: task.report_progress(done, 2 * len(finished)),
        who=task.who,
    )
    if not letters:
        raise NotFound("nothing_to_print")
    files = write_letters(
        task.sessions,
        letters,
        task.folder,
        root=task.arguments["root"],
        show=lambda done: task.report_progress(len(letters) + done, 2 * len(letters)),
    )
    task.report_progress(len(letters), len(letters))
    return files


def issue_all(
    sessions: Callable[[], Session],
    evening: Evening,
    finished: Sequence[Finished],
    course: Course,
    show: Callable[[int], None],
    *,
    who: str,
) -> list[Letter]:
    """A letter for everybody who can have one. Every AT_ONCE letters are one transaction.

    who: the name in the audit log.
    """
    letters: list[Letter] = []
    organisation = current_app.extensions["settings"].organisation
    for start in range(0, len(finished), AT_ONCE):
        with sessions() as writing:
            writing.connection(execution_options={"writing": True})
            for each in finished[start : start + AT_ONCE]:
                letter = issue_class_letter(
                    writing,
                    evening,
                    each,
                    course,
                    organisation=organisation,
                    language=SOURCE.tag,
                    who=who,
                    now=clock.now(),
                )
                if letter is not None:
                    letters.append(letter)
            writing.commit()
        show(min(start + AT_ONCE, len(finished)))
    return letters


def write_letters(
    sessions: Callable[[], Session],
    letters: Sequence[Letter],
    folder: Path,
    *,
    root: str,
    show: Callable[[int], None] = lambda _done: None,
) -> list[str]:
    """Write giay-xac-nhan.pdf for the printer and giay-xac-nhan.zip with a file for each letter; returns the names."""
    with sessions() as writing:
        writing.connection(execution_options={"writing": True})
        key = signing_key(writing, secret=current_app.extensions["settings"].signing_key(), now=clock.now())
        writing.commit()
    prints = LetterPrints(letters, root=root, key=key)
    names = ["giay-xac-nhan.pdf", "giay-xac-nhan.zip"]
    with zipfile.ZipFile(folder / names[1], "w", zipfile.ZIP_STORED) as archive:
        for done, (name, file) in enumerate(prints.separately(), 1):
            archive.writestr(name, file)
            if done % AT_ONCE == 0:
                show(done)
    (folder / names[0]).write_bytes(prints.combined())
    for name in names:
        os.chmod(folder / name, 0o600)  # contains names of people
    return names


def _page(
    evening: Evening,
    *,
    typed: Mapping[str, str] = MappingProxyType({}),
    faults: Mapping[str, str] = MappingProxyType({}),
) -> str:
    return render_template(
        "learning/class_letters.html",
        evening=evening,
        course=course_of(evening),
        finished=finished_in(session(), evening),
        typed=typed,
        faults=faults,
    )
