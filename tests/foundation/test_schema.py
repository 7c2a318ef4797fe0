"""Which code goes with which database: behind is refused, ahead is served unless it is marked."""

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text

from app import create_app
from foundation import migrating, schema
from foundation.database import make_engine
from foundation.schema import SchemaMismatch, check_schema
from foundation.settings import PROJECT_ROOT, Settings


@pytest.fixture
def migrated(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/schema.sqlite3")
    migrating.upgrade(engine)
    yield engine
    engine.dispose()


def set_to(engine, revision, minimum=""):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :to"), {"to": revision})
        connection.execute(text("UPDATE schema_requirement SET minimum_code = :to"), {"to": minimum})


def test_the_files_are_read_as_alembic_reads_them():
    config = Config()
    config.set_main_option("script_location", str(PROJECT_ROOT / "migrations"))
    config.set_main_option("path_separator", "os")
    scripts = ScriptDirectory.from_config(config)

    assert [schema.head()] == scripts.get_heads()
    assert schema.revisions() == {script.revision for script in scripts.walk_revisions()}


def test_a_database_at_the_newest_revision_is_served(migrated):
    assert check_schema(migrated) == schema.head()


def test_one_without_tables_and_one_behind_are_refused(tmp_path, migrated):
    empty = make_engine(f"sqlite:///{tmp_path}/empty.sqlite3")
    with pytest.raises(SchemaMismatch) as nothing:
        check_schema(empty)
    empty.dispose()
    set_to(migrated, "0016")
    with pytest.raises(SchemaMismatch) as behind:
        check_schema(migrated)

    assert (nothing.value.code, nothing.value.database) == ("behind", "")
    assert (behind.value.code, behind.value.database, behind.value.needed) == ("behind", "0016", schema.head())


def test_one_ahead_is_served_unless_it_is_marked_for_newer_code(migrated):
    set_to(migrated, "9998")
    assert check_schema(migrated) == "9998"
    set_to(migrated, "9998", schema.head())  # a requirement this code meets
    assert check_schema(migrated) == "9998"
    set_to(migrated, "9999", "9998")
    with pytest.raises(SchemaMismatch) as too_new:
        check_schema(migrated)

    assert (too_new.value.code, too_new.value.database, too_new.value.needed) == ("too_new", "9999", "9998")


def test_two_rows_are_refused_with_a_sentence_by_every_command(tmp_path):
    app = create_app(Settings(data_folder=tmp_path, secret_key="k" * 40))
    runner = app.test_cli_runner()
    assert runner.invoke(args=["migrate"]).exit_code == 0
    engine = app.extensions["engine"]
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES ('0002')"))

    for words in (["backup", str(tmp_path / "copy.tar.gz")], ["migrate"], ["prepare"], ["serve"]):
        done = runner.invoke(args=words)
        assert done.exit_code == 1
        assert f"alembic_version có hơn một dòng (0002, {schema.head()})" in done.output
        assert isinstance(done.exception, SystemExit)
    told = runner.invoke(args=["doctor"])
    assert told.exit_code == 1
    assert "alembic_version có hơn một dòng" in told.output
    assert not (tmp_path / "copy.tar.gz").exists()
    engine.dispose()
