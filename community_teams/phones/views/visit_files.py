"""The page to import a file of visits that a phone could not send."""

from dataclasses import dataclass
from uuid import UUID

from flask import render_template, request
from flask_login import current_user

from community_teams.blueprints import teams_blueprint
from community_teams.domain.visit_batch import ResultStatus
from community_teams.phones.domain.batches import Result
from community_teams.phones.services.batch_reading import read_records
from community_teams.phones.services.visit_files import Imported, import_visits, read_visit_file
from community_teams.queries.households import short_codes
from foundation import clock
from foundation.accounts.domain.roles import Act
from foundation.accounts.views.access import may, scope_for
from foundation.problems import Invalid
from foundation.web.body_limits import KB, takes
from foundation.web.database import session, transaction

# Two thousand visits as phones write them.
LARGEST_FILE = 4 * 1024 * KB


@teams_blueprint.get("/quan-ly/may/nhap-phieu")
@may(Act.MANAGE_TEAMS)
def ask_visit_file() -> str:
    return _form({})


@teams_blueprint.post("/quan-ly/may/nhap-phieu")
@takes(LARGEST_FILE)
@may(Act.MANAGE_TEAMS)
def take_visit_file() -> str | tuple[str, int]:
    sent = request.files.get("file")
    try:
        if sent is None or not sent.filename:
            raise Invalid({"file": "no_file"})
        file, now = read_visit_file(sent.read()), clock.now()
        read, member = read_records(file.visits, now=now), request.form.get("member", "")
        with transaction() as writing:
            imported = import_visits(
                writing,
                file,
                read,
                member=member,
                by=current_user.name,
                scope=scope_for(Act.MANAGE_TEAMS),
                now=now,
            )
    except Invalid as problem:
        return _form(problem.fields), problem.status
    return render_template("phones/visits_imported.html", imported=imported, lines=_lines(imported))


@dataclass(frozen=True)
class FileProblem:
    """A visit that needs a person. place: in the file, counting from 1. code: of its household, "" where not known."""

    place: int
    code: str
    result: Result


def _lines(imported: Imported) -> list[FileProblem]:
    households = [_household(record) for record in imported.file.visits]
    codes = short_codes(session(), scope_for(Act.MANAGE_TEAMS), {each for each in households if each is not None})
    return [
        FileProblem(place, codes.get(household, "") if household else "", result)
        for place, (household, result) in enumerate(zip(households, imported.results, strict=True), start=1)
        if result.outcome in (ResultStatus.CONFLICT, ResultStatus.HELD, ResultStatus.REJECTED)
    ]


def _household(record: object) -> UUID | None:
    id = record.get("household") if isinstance(record, dict) else None
    try:
        return UUID(id) if isinstance(id, str) else None
    except ValueError:
        return None


def _form(faults: dict[str, str]) -> str:
    return render_template("phones/import_visits.html", faults=faults, member=request.form.get("member", ""))
