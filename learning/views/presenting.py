"""A lesson on a big screen: one thing at a time, in letters that can be read from the back of the room."""

from uuid import UUID

from flask import render_template, request, url_for

from courses.domain.preview import preview_screens
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may
from foundation.accounts.views.reading import read_number
from learning.domain.slides import slides_of
from learning.views.blueprint import teaching
from learning.views.classes import find_class, lesson_of
from learning.views.qr import printable_address, qr_picture


@teaching.get("/lop-hoc/<uuid:class_id>/trinh-chieu/<lesson_id>")
@may(Act.TEACH)
def present(class_id: UUID, lesson_id: str) -> str:
    """?trang=: the slide number, from 1; beyond the last: the last. Arrow keys follow the same links as taps."""
    evening = find_class(class_id)
    lesson = lesson_of(evening, lesson_id)
    slides = slides_of(lesson)
    place = min(read_number(request.args.get("trang")) or 1, len(slides))
    slide = slides[place - 1]
    shown = next((each for each in preview_screens(lesson.practice) if each.screen == slide.screen), None)

    def way(number: int) -> str:
        return url_for(".present", class_id=evening.id, lesson_id=lesson.id, trang=number)

    return render_template(
        "learning/present.html",
        evening=evening,
        lesson=lesson,
        slide=slide,
        screen=shown,
        lit="dap-an" in request.args,
        place=place,
        total=len(slides),
        back=way(place - 1) if place > 1 else "",
        on=way(place + 1) if place < len(slides) else "",
        light=way(place) + "&dap-an=1",
        qr=qr_picture(printable_address("learning.read_lesson", lesson_id=lesson.id)) if place == 1 else "",
    )
