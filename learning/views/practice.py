"""Practice: one imitation screen a page, every tap a plain form.

After each tap the next page is named by its address alone, so a page can be opened again, gone back to or found in the
history without sending anything twice. The address says which of our own choices was touched, never what was typed.
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
    said = _address_parameters(screen, given, outcome)
    return redirect(url_for(".show_screen", lesson_id=lesson.id, screen_id=outcome.goes, _anchor="main", **said), 303)


def _address_parameters(screen: Screen, given: list[str], outcome: ScreenResult) -> dict[str, Any]:
    """What the next page must know of the tap: where it came from, and which of our own choices was touched."""
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
    tried, said, said_part = None, "", ""
    if came_from is not None and touched:  # a detour brings the hint of what was touched along
        led_here = check_answer(came_from, touched)
        said, said_part = led_here.hint, hint_of(came_from.id, led_here.hint_by)
    elif came_from is not None:
        said, said_part = came_from.praise, praise_of(came_from.id)
    elif "xoa" in request.args:
        tried = ScreenResult(right=False, goes=screen.id, wiped=True)
    elif touched or "lai" in request.args:
        tried = check_answer(screen, touched)
        said, said_part = tried.hint, hint_of(screen.id, tried.hint_by)
    screens = lesson.practice.must_pass
    return render_template(
        "learning/practice.html",
        lesson=lesson,
        screen=screen,
        tried=tried,
        said=said,
        said_part=said_part,
        touched=touched,
        met=request.args.getlist("du") if tried else [],
        intro=lesson.practice.intro if intro else "",
        place=screens.index(screen.id) + 1 if screen.id in screens else None,
        form=uuid7(),
    )
