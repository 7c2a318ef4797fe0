"""Brings the pages of coverage into the app."""

from flask import Flask

from community_teams.domain.counting import week_end
from community_teams.domain.coverage import rounded_down
from community_teams.maps.rows import draw_layer_rows, draw_rows, draw_work_rows, rows_of
from community_teams.maps.svg import draw_map, map_words
from community_teams.views import (
    coverage,
    hamlet_changes,
    indicators,
    open_data,
    pilot_desk,
    pilots,
    planning,
    report,
    wall,
)
from community_teams.views.coverage_blueprint import blueprint
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.menu import MenuItem, register_menu_items
from foundation.web.navigation import NavigationLink, NavigationSlot, add_navigation_links
from foundation.words import N_

__all__ = [
    "coverage",
    "hamlet_changes",
    "indicators",
    "open_data",
    "pilot_desk",
    "pilots",
    "planning",
    "report",
    "serve_coverage",
    "wall",
]


def serve_coverage(app: Flask) -> None:
    """Serve /do-phu, /quan-ly, the report and the figures for machines. Needs accounts and translations."""
    app.register_blueprint(blueprint)
    app.jinja_env.filters["cut"] = lambda share, places=3: None if share is None else rounded_down(share, places)
    app.jinja_env.filters["week_end"] = week_end
    app.jinja_env.globals.update(
        draw_map=draw_map,
        drawn_layer_rows=draw_layer_rows,
        drawn_rows=draw_rows,
        drawn_work=draw_work_rows,
        map_words=map_words,
        rows_of=rows_of,
    )
    add_navigation_links(app, NavigationLink(NavigationSlot.MENU, "coverage.show_nation", N_("Độ phủ"), "map", 40))
    add_navigation_links(app, NavigationLink(NavigationSlot.FOOT, "coverage.show_pilots", N_("Mô hình điểm"), "", 15))
    register_menu_items(
        app,
        MenuItem(
            Act.SEE_PILOTS,
            "coverage.list_pilots",
            N_("Mô hình điểm"),
            N_("Kể cách làm hay của thôn, bản để nơi khác làm theo"),
            "book",
            order=70,
        ),
        MenuItem(
            Act.PRINT_REPORT,
            "coverage.manage",
            N_("Quản lý"),
            N_("Độ phủ và báo cáo của địa bàn mình"),
            "map",
            order=40,
        ),
        MenuItem(
            Act.MANAGE_HAMLETS,
            "coverage.arrange_own",
            N_("Thôn, bản"),
            N_("Đổi tên, gộp hoặc tách thôn, bản, tổ dân phố"),
            "home",
            order=75,
        ),
    )
