"""Registers the pages of learning, their menu entries, activities and jobs in the app."""

from flask import Flask

from foundation.accounts.domain.roles import Act
from foundation.accounts.views.menu import MenuItem, register_menu_items
from foundation.jobs.handlers import register_job_handler
from foundation.web.navigation import NavigationLink, NavigationSlot, add_navigation_links
from foundation.words import N_
from learning.views import (
    answers_api,
    answers_schema,
    assisting,
    card_admin,
    card_opening,
    card_prints,
    cards,
    class_letters,
    class_people,
    classes,
    data_export,
    fault_reports,
    home,
    learning_reports,
    lesson_admin,
    letter_admin,
    letter_checking,
    letters,
    listening,
    me,
    offline,
    paths,
    people,
    practice,
    presenting,
    printing,
    questions,
    reading,
    search,
    template_filters,
)
from learning.views.assisted_session import current_assisted_session
from learning.views.blueprint import admin, blueprint, teaching

# Importing these modules adds their pages to the blueprints.
__all__ = [
    "answers_api",
    "answers_schema",
    "assisting",
    "card_admin",
    "card_opening",
    "card_prints",
    "cards",
    "class_letters",
    "class_people",
    "classes",
    "data_export",
    "fault_reports",
    "home",
    "learning_reports",
    "lesson_admin",
    "letter_admin",
    "letter_checking",
    "letters",
    "listening",
    "me",
    "offline",
    "paths",
    "people",
    "practice",
    "presenting",
    "printing",
    "questions",
    "reading",
    "register_learning",
    "register_lesson_admin",
    "register_teaching",
    "search",
    "template_filters",
]


def register_learning(app: Flask) -> None:
    """Register the learners' pages and their entries in the menu and the footer. Needs the catalogue of courses."""
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


def register_lesson_admin(app: Flask) -> None:
    """Serve /bai-hoc/<lesson>/bao-sai, /quan-ly/bai-hoc and /quan-ly/giay-xac-nhan. Needs learning and accounts."""
    app.register_blueprint(admin)
    register_menu_items(
        app,
        MenuItem(
            Act.EDIT_CONTENT,
            "lesson_admin.show_lessons",
            N_("Soát bài"),
            N_("Bài nào cần sửa, bà con báo sai chỗ nào"),
            "book",
            order=60,
        ),
        MenuItem(
            Act.REVOKE_LETTERS,
            "lesson_admin.find_letter",
            N_("Thu hồi giấy"),
            N_("Giấy xác nhận cấp nhầm, bị sửa hay bị dùng sai"),
            "letter",
            order=65,
        ),
    )


def register_teaching(app: Flask) -> None:
    """Serve /ngoi-canh, /lop-hoc and /quan-ly/viec-hoc. Needs learning, accounts and jobs."""
    app.register_blueprint(teaching)
    app.jinja_env.globals["assisted_session"] = current_assisted_session
    register_job_handler(app, class_letters.KIND, class_letters.print_class)
    register_menu_items(
        app,
        MenuItem(
            Act.HELP_LEARNERS,
            "teaching.show_beside",
            N_("Ngồi cạnh giúp học"),
            N_("Ghi đúng là có người giúp, có mẹo dạy trong từng bài"),
            "people",
            order=42,
        ),
        MenuItem(
            Act.TEACH,
            "teaching.show_classes",
            N_("Lớp học"),
            N_("Học chung trên màn hình lớn, ai xong bài nào, giấy của cả lớp"),
            "book",
            order=43,
        ),
        MenuItem(
            Act.SEE_LEARNING,
            "teaching.show_report",
            N_("Việc học của bà con"),
            N_("Bao nhiêu người học, xong, vướng ở câu nào"),
            "list",
            order=62,
        ),
    )
