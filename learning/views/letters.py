"""Letters of completion for learners: asking for one, downloading it, taking it back."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Response, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from foundation import clock
from foundation.problems import Conflict, Invalid, NotFound
from foundation.web.access import public
from foundation.web.database import session, transaction
from learning import queries
from learning.domain.awards import Scanned
from learning.domain.codes import InvalidCode, format_code, read_code
from learning.domain.letters import CertificateStatus, Letter
from learning.domain.names import LONGEST, read_name_field
from learning.domain.progress import course_progress, lesson_progress
from learning.services.learners import set_age_band
from learning.services.letters import issue_letter, take_back_own_letter
from learning.views.blueprint import blueprint
from learning.views.home import SAFETY_FIRST
from learning.views.learner import current_person, known_learner
from learning.views.letter_checking import look_up
from learning.views.letter_prints import LetterPrints, open_badge
from learning.views.lookups import catalogue, find_course
from learning.views.people import read_learner_form
from learning.views.qr import printed_root
from learning.views.signing import key_to_sign
from translations.languages import SOURCE


@blueprint.get("/khoa-hoc/<course_id>/giay-xac-nhan")
@public
def ask_for_letter(course_id: str) -> str:
    return _asking(course_id)


@blueprint.post("/khoa-hoc/<course_id>/giay-xac-nhan")
@public
def give_letter(course_id: str) -> BaseResponse | tuple[str, int]:
    course = find_course(course_id)
    person = current_person()
    if person is None:
        return redirect(url_for(".ask_for_letter", course_id=course.id), 303)
    name = request.form.get("name", "")
    try:
        # A child's name needs a guardian's consent.
        about = read_learner_form() if person.age_band is None else None
        read = read_name_field("name", name)
        with transaction() as writing:
            if about is not None:
                set_age_band(writing, person.id, about, now=clock.now())
            letter = issue_letter(
                writing,
                learner=person.id,
                course=course,
                name=read,
                organisation=current_app.extensions["settings"].organisation,
                language=SOURCE.tag,  # lessons are in Vietnamese alone so far
                now=clock.now(),
            )
    except Conflict as unfinished:
        return _asking(course_id), unfinished.status
    except Invalid as faulty:
        return _asking(course_id, typed=name, faults=faulty.fields), faulty.status
    return redirect(url_for(".check_letter", code=letter.code), 303)


def _asking(course_id: str, *, typed: str | None = None, faults: Mapping[str, str] = MappingProxyType({})) -> str:
    course = find_course(course_id)
    person = current_person()
    learner = person.id if person else None
    answers = queries.right_answers(session(), learner) if learner else {}
    letter = queries.letter_for_course(session(), learner, course.id) if learner else None
    safety = [lesson for lesson in map(catalogue().lesson, SAFETY_FIRST) if lesson is not None]
    return render_template(
        "learning/ask_letter.html",
        course=course,
        progress=course_progress(course, answers),
        letter=letter,
        typed=typed if typed is not None else letter.facts.name if letter else "",
        error=faults.get("name", ""),
        faults=faults,
        values=request.form,
        ask_age=person is not None and person.age_band is None,
        longest=LONGEST,
        recommended=[each for each in safety if not lesson_progress(each, answers.get(each.id, ())).complete],
    )


@blueprint.get("/xac-nhan/<code>.pdf")
@public
def print_letter(code: str) -> Response | tuple[str, int]:
    """The letter as PDF, for a phone of its learner; on any other phone 403 and where it can be printed."""
    letter = _letter(code)
    if letter.learner != known_learner():
        return _belongs_elsewhere(letter)
    [(name, pdf)] = LetterPrints([letter], root=printed_root(), key=key_to_sign()).separately()
    return _file(pdf, name, "application/pdf")


@blueprint.get("/xac-nhan/<code>.jwt")
@public
def download_badge(code: str) -> Response | tuple[str, int]:
    """The letter as an Open Badges 3.0 credential; access as for print_letter."""
    letter = _letter(code)
    if letter.learner != known_learner():
        return _belongs_elsewhere(letter)
    badge = open_badge(letter, root=printed_root(), key=key_to_sign())
    return _file(badge.encode(), f"open-badge-{format_code(letter.code)}.jwt", "application/vc+jwt")


@blueprint.get("/xac-nhan/<code>/thu-hoi")
@public
def ask_to_take_back(code: str) -> str | tuple[str, int] | BaseResponse:
    letter = _letter(code)
    if letter.learner != known_learner():
        return _belongs_elsewhere(letter)
    if letter.status is not CertificateStatus.VALID:
        return redirect(url_for(".check_letter", code=letter.code), 303)
    return render_template("learning/take_back_letter.html", letter=letter)


@blueprint.post("/xac-nhan/<code>/thu-hoi")
@public
def take_back(code: str) -> BaseResponse | tuple[str, int]:
    letter = _letter(code)
    learner = known_learner()
    if learner is None or letter.learner != learner:
        return _belongs_elsewhere(letter)
    with transaction() as writing:
        take_back_own_letter(writing, letter.code, learner=learner, now=clock.now())
    return redirect(url_for(".check_letter", code=letter.code), 303)


def _letter(code: str) -> Letter:
    try:
        letter = look_up(Scanned(read_code(code), "")).letter
    except InvalidCode:
        letter = None
    if letter is None:
        raise NotFound("no_such_letter")
    return letter


def _belongs_elsewhere(letter: Letter) -> tuple[str, int]:
    return render_template("learning/letter_of_another.html", code=letter.code), 403


def _file(content: bytes, name: str, kind: str) -> Response:
    answer = Response(content, mimetype=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
