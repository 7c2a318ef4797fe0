"""Pages of learning: request, one service or query, page."""

from flask import Flask

from foundation.accounts.domain.roles import Act
from foundation.accounts.views.menu import MenuItem, register_menu_items
from foundation.web.navigation import NavigationLink, NavigationSlot, add_navigation_links
from foundation.words import N_
from learning.views import (
    answers_api,
    answers_schema,
    card_care,
    card_opening,
    card_prints,
    cards,
    home,
    letter_checking,
    letters,
    listening,
    me,
    offline,
    paths,
    people,
    practice,
    printing,
    questions,
    reading,
    search,
    taking_along,
    telling,
)
from learning.views.blueprint import blueprint

__all__ = [
    "answers_api",
    "answers_schema",
    "blueprint",
    "card_care",
    "card_opening",
    "card_prints",
    "cards",
    "home",
    "letter_checking",
    "letters",
    "listening",
    "me",
    "offline",
    "paths",
    "people",
    "practice",
    "printing",
    "questions",
    "reading",
    "search",
    "serve_learning",
    "taking_along",
    "telling",
]


def serve_learning(app: Flask) -> None:
    """Bring the pages of learning and their entries in the frame. Needs the catalogue of courses."""
    app.register_blueprint(blueprint)
    add_navigation_links(
        app,
        NavigationLink(NavigationSlot.MENU, "learning.show_courses", N_("Bài học"), "book", 10),
        NavigationLink(NavigationSlot.MENU, "learning.show_me", N_("Việc học của tôi"), "person", 20),
        NavigationLink(
            NavigationSlot.HELP,
            "learning.read_lesson",
            N_("Bị lừa rồi, làm gì bây giờ?"),
            "warning",
            10,
            (("lesson_id", home.CHEATED),),
        ),
        NavigationLink(NavigationSlot.FOOT, "learning.search", N_("Tìm bài học"), "", 5),
        NavigationLink(NavigationSlot.FOOT, "learning.explain", N_("Hướng dẫn"), "", 10),
        NavigationLink(NavigationSlot.FOOT, "learning.check_form", N_("Kiểm tra giấy xác nhận"), "", 20),
        NavigationLink(NavigationSlot.FOOT, "learning.explain_privacy", N_("Quyền riêng tư"), "", 30),
    )
    register_menu_items(
        app,
        MenuItem(
            Act.HELP_LEARNERS,
            "learning.ask_card_to_wake",
            N_("Mở lại thẻ học"),
            N_("Bà con chạm sai bốn hình nhiều lần, thẻ đang nghỉ"),
            "key",
            order=45,
        ),
    )
