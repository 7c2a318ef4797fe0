"""Brings the pages of those who teach into the app."""

from flask import Flask

from foundation.accounts.domain.roles import Act
from foundation.accounts.views.menu import MenuItem, register_menu_items
from foundation.jobs.handlers import register_job_handler
from foundation.words import N_
from learning.views import assisting, class_letters, class_people, classes, learning_reports, presenting
from learning.views.helped import beside_now
from learning.views.teaching_blueprint import blueprint

__all__ = ["assisting", "class_letters", "class_people", "classes", "learning_reports", "presenting", "serve_teaching"]


def serve_teaching(app: Flask) -> None:
    """Serve /ngoi-canh, /lop-hoc and /quan-ly/viec-hoc. Needs learning, accounts and jobs."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["beside"] = beside_now
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
