"""Brings the pages that keep lessons true into the app."""

from flask import Flask

from foundation.accounts.domain.roles import Act
from foundation.accounts.views.menu import MenuItem, register_menu_items
from foundation.words import N_
from learning.views import editing, fault_reports, letters_in_care
from learning.views.care_blueprint import blueprint

__all__ = ["editing", "fault_reports", "letters_in_care", "serve_lesson_care"]


def serve_lesson_care(app: Flask) -> None:
    """Serve /bai-hoc/<lesson>/bao-sai, /quan-ly/bai-hoc and /quan-ly/giay-xac-nhan. Needs learning and accounts."""
    app.register_blueprint(blueprint)
    register_menu_items(
        app,
        MenuItem(
            Act.EDIT_CONTENT,
            "lesson_care.show_lessons",
            N_("Soát bài"),
            N_("Bài nào cần sửa, bà con báo sai chỗ nào"),
            "book",
            order=60,
        ),
        MenuItem(
            Act.REVOKE_LETTERS,
            "lesson_care.find_letter",
            N_("Thu hồi giấy"),
            N_("Giấy xác nhận cấp nhầm, bị sửa hay bị dùng sai"),
            "letter",
            order=65,
        ),
    )
