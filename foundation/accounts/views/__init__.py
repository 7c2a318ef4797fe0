"""Pages of accounts: signing in and out, one's own account, administration, the audit log."""

from flask import Flask

from foundation.accounts.domain.roles import Act
from foundation.accounts.views import administration, log, sign_in
from foundation.accounts.views.access import init_login
from foundation.accounts.views.menu import MenuItem, menu_links, register_menu_items
from foundation.web.navigation import NavigationLink, NavigationSlot, add_navigation_links
from foundation.words import N_


def init_accounts(app: Flask) -> None:
    """Know who is signed in, and serve /dang-nhap, /tai-khoan, /quan-ly/tai-khoan and /quan-ly/nhat-ky."""
    init_login(app)
    app.jinja_env.globals["menu_links"] = menu_links
    for room in (sign_in, administration, log):
        app.register_blueprint(room.blueprint)
    add_navigation_links(
        app, NavigationLink(NavigationSlot.FOOT, "accounts.account", N_("Tài khoản tổ và cán bộ"), order=80)
    )
    register_menu_items(
        app,
        MenuItem(
            Act.SEE_ACCOUNTS,
            "administration.people",
            N_("Tài khoản"),
            N_("Ai đang làm việc ở đâu"),
            "people",
            order=80,
        ),
        MenuItem(Act.SEE_AUDIT, "audit.show_log", N_("Nhật ký"), N_("Ai đã làm gì, lúc nào"), "list", order=90),
    )
