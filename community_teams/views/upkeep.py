"""What `flask doctor` and Prometheus show about teams."""

from flask import Flask

from community_teams.queries.upkeep import SILENT_AFTER, offset_of_phones, silent_phones, stored_visits
from foundation import clock
from foundation.doctor import Finding, Severity, add_check
from foundation.readiness import CLOCK_TOLERANCE


def serve_upkeep(app: Flask) -> None:
    """Add the checks and the figures of teams."""
    add_check(app, check_phones)
    figures = app.extensions.setdefault("metric_figures", {})
    figures["bdhvs_visits_stored"] = ("Visits in the database.", stored_visits)


def check_phones(app: Flask) -> list[Finding]:
    """Phones that hold visits and were not heard of for long; and whether most phones show another time than we do."""
    now = clock.now()
    with app.extensions["sessions"]() as session:
        phones, visits = silent_phones(session, now=now)
        offset = offset_of_phones(session, now=now)
    found = []
    if phones:
        found.append(
            Finding(
                "silent_phones",
                Severity.WARNING,
                f"{phones} điện thoại im hơn {SILENT_AFTER.days} ngày mà còn giữ {visits} phiếu chưa gửi.",
                "Mất máy thì mất phiếu.",
                "Nhờ cán bộ xã xem trang “Điện thoại của tổ” và gọi cho người giữ máy.",
            )
        )
    if offset is not None and abs(offset) > CLOCK_TOLERANCE:
        found.append(
            Finding(
                "clock_differs_from_phones",
                Severity.FAULT,
                f"Đồng hồ máy chủ lệch {round(abs(offset) / 60)} phút so với phần lớn điện thoại gửi phiếu hôm nay.",
                "Máy chủ sai giờ thì vai trò, ngày thăm và chữ ký đều sai.",
                "timedatectl set-ntp true; rồi xem: timedatectl status",
            )
        )
    return found
