"""Pages of issues: the list of an area, one issue with its steps, the next step, and the list as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response as Answer
from flask import current_app, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from community_teams.blueprints import teams_blueprint
from community_teams.domain.codes import IssueType
from community_teams.domain.issues import next_statuses, read_change
from community_teams.issues import queries as queries
from community_teams.issues.queries import IssueFilter, ListedIssue
from community_teams.issues.services import change_issue
from community_teams.views.visit_answers import as_day
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.services.audit import record
from foundation.accounts.views.access import may, scope_for
from foundation.accounts.views.reading import read_number
from foundation.problems import Conflict, Invalid, NotFound
from foundation.table_files import write_csv
from foundation.web.database import session, transaction

MOST_PAGES = 1_000
# More issues than one commune will ever have. A larger area downloads its issues commune by commune.
LONGEST_FILE = 20_000
_FIELDS = ("status", "level", "owner", "due", "note")


@dataclass(frozen=True)
class IssueQuery:
    """What the query string asks for; a value that is not understood counts as none."""

    shown: IssueFilter
    area: str
    type: IssueType | None
    page: int

    @property
    def address(self) -> dict[str, str | None]:
        return {
            "tinh-trang": self.shown.value,
            "thon": self.area or None,
            "viec": self.type.value if self.type else None,
        }


@teams_blueprint.get("/quan-ly/vuong-mac")
@may(Act.SEE_HOUSEHOLDS)
def show_issues() -> str:
    scope, today, query = scope_for(Act.SEE_HOUSEHOLDS), _today(), _query()
    which = {"today": today, "area_code": query.area, "type": query.type}
    counts = queries.issue_counts(session(), scope, **which)  # type: ignore[arg-type]
    found = queries.issues(session(), scope, query.shown, first=(query.page - 1) * queries.PAGE, **which)  # type: ignore[arg-type]
    areas = queries.areas_with_issues(session(), scope)
    return render_template(
        "issues/issues.html",
        found=found,
        counts=counts,
        query=query,
        pages=-(-counts[query.shown] // queries.PAGE),
        areas=areas,
        sample=any(area.is_sample for area in areas),
    )


@teams_blueprint.get("/quan-ly/vuong-mac.csv")
@may(Act.SEE_HOUSEHOLDS)
def download_issues() -> Answer:
    """All pages of the list, in the same words and order."""
    scope, today, query, now = scope_for(Act.SEE_HOUSEHOLDS), _today(), _query(), clock.now()
    with transaction() as writing:
        found = queries.issues(
            writing, scope, query.shown, today=today, area_code=query.area, type=query.type, limit=LONGEST_FILE
        )
        what = {"issues": len(found), "shown": query.shown.value}
        for path in scope.paths:
            record(writing, current_user.name, "export_issues", what, now=now, area_path=path)
    answer = make_response(_to_csv(found))
    answer.mimetype = "text/csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="viec-kho-{today:%Y%m%d}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@teams_blueprint.get("/quan-ly/vuong-mac/<int:issue_id>")
@may(Act.SEE_HOUSEHOLDS)
def show_issue(issue_id: int) -> str:
    return _issue_page(issue_id, None, {})


@teams_blueprint.post("/quan-ly/vuong-mac/<int:issue_id>")
@may(Act.SEE_HOUSEHOLDS)
def add_step(issue_id: int) -> Response | tuple[str, int]:
    listed = _issue_or_404(issue_id)
    values = {name: request.form.get(name, "") for name in _FIELDS} | {"due": as_day(request.form.get("due", ""))}
    try:
        expected_step = read_number(request.form.get("step")) or 0
        change = read_change(values, due=listed.issue.due, today=_today())
        with transaction() as writing:
            change_issue(
                writing,
                issue_id,
                change,
                expected_step=expected_step,
                person=current_user.id,
                sees=scope_for(Act.SEE_HOUSEHOLDS),
                handles=scope_for(Act.HANDLE_ISSUES),
                now=clock.now(),
            )
    except Invalid as problem:
        return _issue_page(issue_id, request.form, problem.fields), problem.status
    except Conflict as problem:
        return _issue_page(issue_id, request.form, {}, conflict=problem.code), problem.status
    return redirect(f"{url_for('.show_issue', issue_id=issue_id)}?da-ghi=1", 303)


def _issue_page(
    issue_id: int, typed: MultiDict[str, str] | None, faults: Mapping[str, str], *, conflict: str = ""
) -> str:
    """typed: what was typed and could not be saved; None when the page is first opened."""
    listed = _issue_or_404(issue_id)
    handles = scope_for(Act.HANDLE_ISSUES).covers(listed.hamlet.path)
    issue = listed.issue
    values = typed or MultiDict(
        {
            "status": issue.status.value,
            "level": issue.level.value if issue.level else "",
            "owner": listed.owner,
            "due": str(issue.due or ""),
        }
    )
    steps = queries.steps(session(), issue_id)
    return render_template(
        "issues/issue.html",
        listed=listed,
        steps=steps,
        latest=steps[0].step.id if steps else 0,
        values=values,
        faults=faults,
        conflict=conflict,
        offered=next_statuses(issue.status, handles=handles),
        handles=handles,
        may_see_door=listed.household is not None,
        saved="da-ghi" in request.args and typed is None,
        today=_today(),
    )


def _issue_or_404(issue_id: int) -> ListedIssue:
    listed = queries.issue(session(), scope_for(Act.SEE_HOUSEHOLDS), issue_id, _today()) if issue_id < 2**31 else None
    if listed is None:
        raise NotFound("no_such_issue")
    return listed


def _query() -> IssueQuery:
    shown, type, page = (request.args.get(name, "") for name in ("tinh-trang", "viec", "trang"))
    return IssueQuery(
        shown=IssueFilter(shown) if shown in set(IssueFilter) else IssueFilter.OPEN,
        area=request.args.get("thon", "")[:20].replace("\0", ""),
        type=IssueType(type) if type in set(IssueType) else None,
        page=min(int(page[:6]), MOST_PAGES) if page.isascii() and page.isdecimal() and int(page[:6]) else 1,
    )


def _to_csv(found: list[ListedIssue]) -> str:
    # From the templates of the page, so that file and page have the same words.
    templates, day = current_app.jinja_env, current_app.jinja_env.filters["day"]
    words: Any = templates.get_template("issues/issue_words.html").make_module()
    labels: Any = templates.get_template("community_teams/labels.html").make_module()
    areas: Any = templates.get_template("areas/names.html").make_module()
    rows: list[list[str]] = [list(words.COLUMNS.values())]
    for listed in found:
        issue = listed.issue
        cells = (
            areas.area_heading(listed.hamlet).unescape().strip(),
            listed.short_code or words.NO_CODE,
            labels.ISSUE_TYPES[issue.type],
            labels.ISSUE_STATUSES[issue.status],
            labels.ISSUE_LEVELS[issue.level] if issue.level else "",
            listed.owner,
            day(issue.opened_on),
            day(issue.due) if issue.due else "",
            words.OVERDUE if listed.overdue else "",
            issue.note,
        )
        rows.append([str(cell) for cell in cells])
    return write_csv(rows)


def _today() -> date:
    return clock.day_in_vietnam(clock.now())
