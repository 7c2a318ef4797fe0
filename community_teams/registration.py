"""Registers the pages of this package with the application: blueprints, menu items, checks, what templates call."""

from flask import Flask

from community_teams.area_pages.table_rows import draw_layer_rows, draw_rows, draw_work_rows, rows_of

# Imported for what they register: views add their routes to the blueprints, area_changes listens to sessions.
from community_teams.area_pages.views import pages as area_page_views
from community_teams.area_pages.views import wall as wall_views
from community_teams.blueprints import coverage_blueprint, teams_blueprint
from community_teams.coverage.domain.coverage import rounded_down
from community_teams.coverage.maps.svg import draw_map, map_words
from community_teams.coverage.services import area_changes
from community_teams.domain.counting import week_end
from community_teams.domain.visits import QUESTIONS
from community_teams.indicators import views as indicator_views
from community_teams.issues import views as issue_views
from community_teams.list_changes.views import hamlets as hamlet_views
from community_teams.list_changes.views import household_merges as household_merge_views
from community_teams.open_data import views as open_data_views
from community_teams.paper.views import desk as desk_views
from community_teams.paper.views import sheets as sheet_views
from community_teams.paper.views import typing as typing_views
from community_teams.phones.views import app as phone_app_views
from community_teams.phones.views import phones as phone_views
from community_teams.phones.views import visit_files as visit_file_views
from community_teams.phones.views import visits_api, worklist_api
from community_teams.phones.views.devices import block_lost_phones
from community_teams.pilots.views import desk as pilot_desk_views
from community_teams.pilots.views import pages as pilot_views
from community_teams.planning import views as planning_views
from community_teams.reports import views as report_views
from community_teams.sample.check import check_sample
from community_teams.views import held_visits, households, refused_visits, visit_form
from community_teams.views.upkeep import serve_upkeep
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.menu import MenuItem, register_menu_items
from foundation.doctor import add_check
from foundation.web.navigation import NavigationLink, NavigationSlot, add_navigation_links
from foundation.words import N_

REGISTERED_BY_IMPORT = (
    area_changes,
    area_page_views,
    desk_views,
    hamlet_views,
    held_visits,
    household_merge_views,
    households,
    indicator_views,
    issue_views,
    open_data_views,
    phone_app_views,
    phone_views,
    pilot_desk_views,
    pilot_views,
    planning_views,
    refused_visits,
    report_views,
    sheet_views,
    typing_views,
    visit_file_views,
    visit_form,
    visits_api,
    wall_views,
    worklist_api,
)


def register_community_teams(app: Flask) -> None:
    """Serve /doi-so, /do-phu, /quan-ly, the report and the figures for machines. Needs accounts and translations."""
    _register_teams(app)
    _register_coverage(app)


def _register_teams(app: Flask) -> None:
    # First: a lost phone hands over its visits whoever is signed in on it.
    block_lost_phones(app)
    app.register_blueprint(teams_blueprint)
    # For the forms, which several pages show (templates/community_teams/question_parts.html).
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
        MenuItem(
            Act.SEE_HOUSEHOLDS,
            "teams.show_issues",
            N_("Việc khó"),
            N_("Việc của bà con chưa giải quyết được: đến đâu, ai nhận, hạn nào"),
            "warning",
            order=55,
        ),
    )


def _register_coverage(app: Flask) -> None:
    app.register_blueprint(coverage_blueprint)
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
