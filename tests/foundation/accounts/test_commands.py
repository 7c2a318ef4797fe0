import pytest
from sqlalchemy import select

from foundation.accounts.models import AuditEntry, Person
from tests.visitor import Visitor


@pytest.fixture
def run(app, now):
    def invoke(*words, **more):
        return app.test_cli_runner().invoke(args=["accounts", *words], **more)

    return invoke


def made_password(result) -> str:
    return result.output.split("password  ")[1].split()[0]


def test_the_first_administrator_is_added_and_signs_in(run, app):
    result = run("add", "quan-tri", "--role", "admin", "--area", "VN", "--generate")

    assert result.exit_code == 0, result.output
    Visitor(app).sign_in("quan-tri", made_password(result))


def test_a_password_is_asked_for_twice(run, app, make):
    make.hamlet(code="15607-001")
    result = run("add", "Lan", "--role", "visitor", "--area", "15607-001", input="suối trong núi\nsuối trong núi\n")

    assert result.exit_code == 0, result.output
    assert "suối" not in result.output
    Visitor(app).sign_in("lan", "suối trong núi")


@pytest.mark.parametrize(
    ("name", "role", "area", "told"),
    [
        ("lan", "visitor", "15607", "not held on that level"),
        ("lan", "visitor", "00000", "no area has that code"),
        ("x" * 300, "admin", "VN", "at most 40 characters"),
        ("la n", "admin", "VN", "letters a-z"),
        ("có-rồi", "admin", "VN", "already an account"),
        ("lan", "king", "VN", "is not one of"),
    ],
)
def test_a_refusal_says_why_and_writes_nothing(run, make, session, name, role, area, told):
    make.commune()
    make.person("co-roi")

    result = run("add", name, "--role", role, "--area", area, "--generate")

    assert result.exit_code != 0
    assert told in result.output
    assert "password  " not in result.output
    assert [person.name for person in session.scalars(select(Person))] == ["co-roi"]


def test_a_short_password_is_refused(run, session):
    result = run("add", "lan", "--role", "admin", "--area", "VN", input="ngan\nngan\n")

    assert "at least 8 characters" in result.output
    assert session.query(Person).count() == 0


def test_a_reset_password_works_and_is_written_down(run, app, make, session):
    make.person("to-vien")

    password = made_password(run("reset", "Tổ-Viên"))

    Visitor(app).sign_in("to-vien", password)
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).first()
    assert (entry.who, entry.act, entry.what) == ("command-line", "reset_password", {"name": "to-vien"})


def test_nobody_to_reset_is_said(run):
    result = run("reset", "khong-co\0ai")

    assert result.exit_code == 1
    assert "there is no account" in result.output
