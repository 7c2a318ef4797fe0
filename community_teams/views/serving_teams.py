"""Brings the pages of the teams into the app."""

from flask import Flask

from community_teams.domain.visits import QUESTIONS
from community_teams.views import (
    api_visits,
    api_worklist,
    held_visits,
    household_merges,
    households,
    phone_app,
    phones,
    refused_visits,
    visit_files,
    visit_form,
)
from community_teams.views.devices import keep_lost_phones_out
from community_teams.views.sample_check import check_sample
from community_teams.views.teams_blueprint import blueprint
from community_teams.views.upkeep import serve_upkeep
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.menu import MenuItem, register_menu_items
from foundation.doctor import add_check
from foundation.words import N_

__all__ = [
    "api_visits",
    "api_worklist",
    "held_visits",
    "household_merges",
    "households",
    "phone_app",
    "phones",
    "refused_visits",
    "serve_teams",
    "visit_files",
    "visit_form",
]


def serve_teams(app: Flask) -> None:
    """Serve /doi-so: the work list and the visit form. Needs accounts and translations."""
    # First: a lost phone is heard out whoever is signed in on it.
    keep_lost_phones_out(app)
    app.register_blueprint(blueprint)
    # For the forms, which are drawn at many doors (templates/community_teams/question_parts.html).
    app.jinja_env.globals["visit_questions"] = QUESTIONS
    add_check(app, check_sample)
    serve_upkeep(app)
    register_menu_items(
        app,
        MenuItem(
            Act.SETTLE_VISITS,
            "teams.show_held_visits",
            N_("Phiếu cần xem"),
            N_("Phiếu gửi lên hai lần mà khác nhau, từ máy đã ngắt, hoặc chưa đọc được: chọn, sửa, ghi vào sổ"),
            "paper",
            order=66,
        ),
        MenuItem(
            Act.RECORD_VISIT,
            "teams.show_hamlets",
            N_("Địa bàn"),
            N_("Những hộ còn phải đến, và ghi lượt thăm"),
            "home",
            order=10,
        ),
        MenuItem(
            Act.SEE_HOUSEHOLDS,
            "teams.show_today",
            N_("Hôm nay"),
            N_("Các tổ trong địa bàn hôm nay đã đi đến đâu"),
            "clock",
            order=60,
        ),
        MenuItem(
            Act.SEE_TEAMS,
            "teams.show_phones",
            N_("Máy của tổ"),
            N_("Máy nào còn phiếu chưa gửi, liên lạc lần cuối khi nào; ngắt máy bị mất"),
            "phone",
            order=65,
        ),
    )
