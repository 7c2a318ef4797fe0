"""Brings the pages that keep lessons true into the app."""

from flask import Flask

from foundation.accounts.domain.roles import Act
from foundation.accounts.views.work import Work, offer_work
from foundation.words import N_
from learning.views import editing, fault_reports
from learning.views.care_blueprint import blueprint

__all__ = ["editing", "fault_reports", "serve_lesson_care"]


def serve_lesson_care(app: Flask) -> None:
    """Serve /bai-hoc/<lesson>/bao-sai and /quan-ly/bai-hoc. Needs learning and accounts."""
    app.register_blueprint(blueprint)
    offer_work(
        app,
        Work(
            Act.EDIT_CONTENT,
            "lesson_care.show_lessons",
            N_("Soát bài"),
            N_("Bài nào cần sửa, bà con báo sai chỗ nào"),
            "book",
            order=60,
        ),
    )
