"""Brings the other ways of recording into the app, and what follows a visit: desk, paper, issues."""

from flask import Flask

from community_teams.views import desk, issues, paper, paper_prints
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.menu import MenuItem, register_menu_items
from foundation.words import N_

__all__ = ["desk", "issues", "paper", "paper_prints", "serve_forms"]


def serve_forms(app: Flask) -> None:
    """Offer what stands beside the work list. Its pages belong to the blueprint that serve_teams registers."""
    register_menu_items(
        app,
        MenuItem(
            Act.SEE_HOUSEHOLDS,
            "teams.show_issues",
            N_("Việc khó"),
            N_("Việc của bà con chưa giải quyết được: đến đâu, ai nhận, hạn nào"),
            "warning",
            order=55,
        ),
    )
