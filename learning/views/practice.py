"""Practice: one imitation screen per page, every tap a plain form.

After each tap the address alone identifies the next page, so a page can be reopened, gone back to or found in the
history without sending anything twice. The address contains which of our own choices was tapped, never what was typed.
"""

from typing import Any

from flask import redirect, render_template, request, url_for
from uuid_utils.compat import uuid7
from werkzeug.wrappers import Response

from courses.domain.answering import ScreenResult, check_answer
from courses.domain.lesson import Lesson
from courses.domain.practice import Screen, ScreenKind
from courses.recordings import hint_of, praise_of
from foundation.web.access import public
from learning.domain.answers import stored_choices
from learning.views.blueprint import blueprint
from learning.views.lookups import find_lesson, find_screen
from learning.views.save_answer import save_answer


@blueprint.get("/bai-hoc/<lesson_id>/tap")
@public
def begin_practice(lesson_id: str) -> str:
    lesson = find_lesson(lesson_id)
    return _page(lesson, lesson.practice.first, intro=True)


@blueprint.get("/bai-hoc/<lesson_id>/tap/<screen_id>")
@public
def show_screen(lesson_id: str, screen_id: str) -> str:
    lesson = find_lesson(lesson_id)
    return _page(lesson, find_screen(lesson, screen_id))


@blueprint.post("/bai-hoc/<lesson_id>/tap/<screen_id>")
@public
def answer_screen(lesson_id: str, screen_id: str) -> Response:
    lesson = find_lesson(lesson_id)
    screen = find_screen(lesson, screen_id)
    given = request.form.getlist("given")
    outcome = check_answer(screen, given)
    if screen.id in lesson.practice.must_pass and not outcome.wiped:
        save_answer(lesson, screen.id, stored_choices(screen, given), right=outcome.right)
    if outcome.ends:
        return redirect(url_for(".ask", lesson_id=lesson.id, _anchor="main"), 303)
    parameters = _address_parameters(screen, given, outcome)
    return redirect(
        url_for(".show_screen", lesson_id=lesson.id, screen_id=outcome.goes, _anchor="main", **parameters), 303
    )


def _address_parameters(screen: Screen, given: list[str], outcome: ScreenResult) -> dict[str, Any]:
    """Query parameters for the next page: the screen the tap came from, and which of our own choices was tapped."""
    if outcome.right:
        return {"tu": screen.id} if screen.praise else {}
    if outcome.wiped:
        return {"xoa": "1"}
    touched = stored_choices(screen, given).split()
    if outcome.goes != screen.id:
        return {"tu": screen.id, "cham": touched}
    if screen.kind is ScreenKind.SECRET:
        return {"lai": "1", "du": list(outcome.met)}
    return {"cham": touched} if touched else {"lai": "1"}


def _page(lesson: Lesson, screen: Screen, *, intro: bool = False) -> str:
    came_from = lesson.practice.screen(request.args.get("tu", ""))
    touched = request.args.getlist("cham")
    tried, hint, hint_part = None, "", ""
    if came_from is not None and touched:  # on a detour, the hint of the tapped target is shown here
        result = check_answer(came_from, touched)
        hint, hint_part = result.hint, hint_of(came_from.id, result.hint_by)
    elif came_from is not None:
        hint, hint_part = came_from.praise, praise_of(came_from.id)
    elif "xoa" in request.args:
        tried = ScreenResult(right=False, goes=screen.id, wiped=True)
    elif touched or "lai" in request.args:
        tried = check_answer(screen, touched)
        hint, hint_part = tried.hint, hint_of(screen.id, tried.hint_by)
    screens = lesson.practice.must_pass
    return render_template(
        "learning/practice.html",
        lesson=lesson,
        screen=screen,
        tried=tried,
        hint=hint,
        hint_part=hint_part,
        touched=touched,
        met=request.args.getlist("du") if tried else [],
        intro=lesson.practice.intro if intro else "",
        place=screens.index(screen.id) + 1 if screen.id in screens else None,
        form=uuid7(),
    )
