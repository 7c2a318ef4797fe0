"""Every table that leaves as a file, read back with hostile names and notes planted everywhere."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from uuid_utils.compat import uuid7

from community_teams.models import Issue
from foundation.accounts.domain.roles import Role
from foundation.areas.models import Area
from foundation.settings import PROJECT_ROOT
from learning.models import ClassEvening, ClassLearner
from tests.foundation.test_table_files import FORMULAS, runs

# What a file may hold: GeoJSON and JSON are no tables.
TABLES = {"text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
FORMULA = '=HYPERLINK("http://evil.example","MARK-1")'
OTHERS = ["@MARK-2", "+MARK-3", "\u200b-MARK-4", "x;=MARK-5", "\u202eMARK-6"]


@pytest.fixture
def planted(make, session, teach, now):
    """Hamlets with names an earlier version allowed, issues and classes in them; an officer of their commune."""
    course = teach(make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai"))))
    hamlets = [make.hamlet(name=name) for name in (FORMULA, *OTHERS)]
    for hamlet in hamlets:
        household = make.household(hamlet)
        make.visit(household, days_ago=2, issues=[{"type": "portal", "note": "x"}])
        row = ClassEvening(
            id=uuid7(),
            area_path=hamlet.path,
            course=course.id,
            lessons=["mot", "hai"],
            held_on=now.date(),
            teacher="Vi Thị Mẫu",
            made_by="co-giao",
            made_at=now,
        )
        session.add(row)
        session.flush()
        learners = [make.learner(*course.lessons).id for _ in range(11)]
        session.add_all(ClassLearner(evening=row.id, learner=each, name="", joined_at=now) for each in learners)
    from_issue(session)
    commune = session.get(Area, hamlets[0].parent_code)
    commune.name = "+MARK-7"
    session.commit()
    return make.person(role=Role.COMMUNE_OFFICER, area=commune)


def from_issue(session):
    """Notes and owners as an earlier version stored them."""
    for issue, note in zip(session.scalars(select(Issue)), FORMULAS, strict=False):
        issue.note, issue.owner = note, f"\t{note}"


def table_addresses(app):
    """Every address without a declared body that answers with a table, found in the route table by its name."""
    return sorted(rule.rule for rule in app.url_map.iter_rules() if re.search(r"\.(csv|xlsx|ods|tsv)$", rule.rule))


def cells_of(answer):
    if answer.mimetype == "text/csv":
        return [cell for row in csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")) for cell in row]
    book = load_workbook(io.BytesIO(answer.data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    return [str(cell.value) for cell in cells if cell.data_type == "s"]


def test_no_export_holds_a_formula(app, visitor, planted):
    visitor.sign_in(planted.name)
    commune = planted.holdings[0].area_path.split("/")[1]
    found = []
    for rule in table_addresses(app):
        address = rule.replace("<code>", commune)
        assert "<" not in address, f"say here what stands for the parts of {rule}"
        answer = visitor.client.get(address)
        assert answer.status_code == 200, address
        assert answer.mimetype in TABLES, address
        cells = cells_of(answer)
        text = [cell for cell in cells if not re.fullmatch(r"-?\d+(\.\d+)?", cell)]
        assert [cell for cell in text if runs(cell)] == [], address
        found += text
    joined = "\n".join(found)
    assert [n for n in range(1, 8) if f"MARK-{n}" not in joined] == [], (
        "a planted name is in no export: nothing is proved"
    )
    assert "evil.example" in joined


def test_only_one_module_writes_tables():
    writers = re.compile(r"csv\.(writer|DictWriter)|openpyxl|xlsxwriter|odf\b")
    sources = [
        file
        for package in ("app.py", "foundation", "translations", "courses", "learning", "community_teams")
        for file in ([PROJECT_ROOT / package] if package.endswith(".py") else (PROJECT_ROOT / package).rglob("*.py"))
    ]
    found = {
        str(file.relative_to(PROJECT_ROOT)) for file in sources if writers.search(file.read_text(encoding="utf-8"))
    }

    # foundation/areas/services/tables.py reads what communes bring; lazy_commands.py only mentions it.
    assert found == {"foundation/table_files.py", "foundation/areas/services/tables.py", "foundation/lazy_commands.py"}
