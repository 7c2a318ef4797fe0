"""Pages of learning: request, one service or query, page."""

from flask import Flask

from foundation.web.frame import Entry, Place, add_to_frame
from foundation.words import N_
from learning.views import (
    answers_api,
    home,
    letter_checking,
    letters,
    listening,
    me,
    paths,
    practice,
    printing,
    questions,
    reading,
    search,
    telling,
)
from learning.views.blueprint import blueprint

__all__ = [
    "answers_api",
    "blueprint",
    "home",
    "letter_checking",
    "letters",
    "listening",
    "me",
    "paths",
    "practice",
    "printing",
    "questions",
    "reading",
    "search",
    "serve_learning",
    "telling",
]


def serve_learning(app: Flask) -> None:
    """Bring the pages of learning and their entries in the frame. Needs the catalogue of courses."""
    app.register_blueprint(blueprint)
    add_to_frame(
        app,
        Entry(Place.MENU, "learning.show_courses", N_("Bài học"), "book", 10),
        Entry(Place.MENU, "learning.show_me", N_("Việc học của tôi"), "person", 20),
        Entry(
            Place.HELP,
            "learning.read_lesson",
            N_("Bị lừa rồi, làm gì bây giờ?"),
            "warning",
            10,
            (("lesson_id", home.CHEATED),),
        ),
        Entry(Place.FOOT, "learning.search", N_("Tìm bài học"), "", 5),
        Entry(Place.FOOT, "learning.explain", N_("Hướng dẫn"), "", 10),
        Entry(Place.FOOT, "learning.check_form", N_("Kiểm tra giấy xác nhận"), "", 20),
        Entry(Place.FOOT, "learning.explain_privacy", N_("Quyền riêng tư"), "", 30),
    )
