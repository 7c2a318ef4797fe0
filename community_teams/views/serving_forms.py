"""Brings the other ways of recording into the app, and what follows a visit: desk, paper, issues."""

from flask import Flask

from community_teams.views import desk, issues, paper, paper_prints
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.work import Work, offer_work
from foundation.words import N_

__all__ = ["desk", "issues", "paper", "paper_prints", "serve_forms"]


def serve_forms(app: Flask) -> None:
    """Offer what stands beside the work list. Its pages belong to the blueprint that serve_teams registers."""
    offer_work(
        app,
        Work(
            Act.SEE_HOUSEHOLDS,
            "teams.show_issues",
            N_("Việc khó"),
            N_("Việc của bà con chưa giải quyết được: đến đâu, ai nhận, hạn nào"),
            "warning",
            order=55,
        ),
    )
