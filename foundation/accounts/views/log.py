"""The audit log: who did what, where and when."""

from flask import Blueprint, render_template, request

from foundation.accounts import queries
from foundation.accounts.domain.roles import Act
from foundation.accounts.queries import AuditFilter
from foundation.accounts.views.access import may, scope_for
from foundation.accounts.views.reading import read_day, read_number
from foundation.problems import Invalid
from foundation.web.database import session

blueprint = Blueprint("audit", __name__)


@blueprint.get("/quan-ly/nhat-ky")
@may(Act.SEE_AUDIT)
def show_log() -> str | tuple[str, int]:
    faults: dict[str, str] = {}
    days = {}
    for field in ("tu-ngay", "den-ngay"):
        try:
            days[field] = read_day(request.args.get(field), field)
        except Invalid as problem:
            faults |= problem.fields
    wanted = AuditFilter(
        who=request.args.get("ai", "")[:100],
        act=request.args.get("viec", "")[:40],
        from_day=days.get("tu-ngay"),
        to_day=days.get("den-ngay"),
    )
    before = read_number(request.args.get("truoc"))
    entries, more = queries.audit_entries(session(), scope_for(Act.SEE_AUDIT), wanted, before=before)
    page = render_template(
        "accounts/log.html",
        entries=entries,
        areas=queries.areas_around(session(), [entry.area_path for entry in entries]),
        more=more,
        given=request.args,
        faults=faults,
    )
    return (page, 422) if faults else page
