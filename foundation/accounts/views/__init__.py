"""Pages of accounts: signing in and out, one's own account, administration, the audit log."""

from flask import Flask

from foundation.accounts.domain.roles import Act
from foundation.accounts.views import administration, log, sign_in
from foundation.accounts.views.access import load_people
from foundation.accounts.views.work import Work, offer_work, work_menu
from foundation.web.frame import Entry, Place, add_to_frame
from foundation.words import N_


def serve_accounts(app: Flask) -> None:
    """Know who is signed in, and serve /dang-nhap, /tai-khoan, /quan-ly/tai-khoan and /quan-ly/nhat-ky."""
    load_people(app)
    app.jinja_env.globals["work_menu"] = work_menu
    for room in (sign_in, administration, log):
        app.register_blueprint(room.blueprint)
    add_to_frame(app, Entry(Place.FOOT, "accounts.account", N_("Tài khoản tổ và cán bộ"), order=80))
    offer_work(
        app,
        Work(
            Act.SEE_ACCOUNTS,
            "administration.people",
            N_("Tài khoản"),
            N_("Ai đang làm việc ở đâu"),
            "people",
            order=80,
        ),
        Work(Act.SEE_AUDIT, "audit.show_log", N_("Nhật ký"), N_("Ai đã làm gì, lúc nào"), "list", order=90),
    )
