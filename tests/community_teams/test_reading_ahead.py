"""What a worker reads as it starts: then its first visitor waits for no hamlet to be counted."""

import pytest
from sqlalchemy import event

from app import create_app
from community_teams.views.reading_ahead import read_ahead
from foundation.areas.services.versions import renew_versions
from foundation.settings import Settings


@pytest.fixture
def asked(connection):
    """Every statement from now on."""
    statements = []

    def note(_connection, _cursor, statement, *_more):
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


@pytest.mark.parametrize("page", ["/do-phu", "/do-phu?lop=da-ra", "/do-phu?lop=tieng-noi"])
def test_the_first_page_of_the_nation_finds_everything_counted(app, visitor, make, session, asked, page):
    hamlet = make.hamlet(commune=make.commune("14956"), official_households=40)
    make.visit(make.household(hamlet))
    renew_versions(session, ["14956"])
    session.commit()

    read_ahead(app).join()
    assert any("hamlet_week" in statement for statement in asked)
    del asked[:]
    visitor.open(page)

    assert asked
    assert not [statement for statement in asked if "hamlet_week" in statement or "hamlet_total" in statement]


def test_a_worker_starts_also_while_the_database_is_away(tmp_path, recwarn):
    (tmp_path / "bdhvs.sqlite3").mkdir()

    read_ahead(create_app(Settings(data_folder=tmp_path, secret_key="only for tests"))).join()

    assert not [each for each in recwarn if issubclass(each.category, pytest.PytestUnhandledThreadExceptionWarning)]
