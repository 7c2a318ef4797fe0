import shutil
import sqlite3
import sys
from importlib.util import find_spec
from pathlib import Path
from time import process_time

import pytest

from foundation.areas.domain.kinds import Kind, Level
from foundation.areas.models import Area
from foundation.areas.services.loading import load
from foundation.problems import Conflict, NotFound


@pytest.fixture
def dataset(tmp_path):
    """A copy of the package's file, to be spoilt."""
    original = Path(find_spec("vietnamadminunits").origin).parent / "data" / "dataset.db"
    copy = tmp_path / "dataset.db"
    shutil.copy(original, copy)
    return copy


def change(dataset, statement):
    with sqlite3.connect(dataset) as connection:
        connection.execute(statement)


def test_all_provinces_and_communes_are_there_with_their_names_and_places(session):
    done = load(session)

    assert (done.provinces, done.communes, done.added, done.changed) == (34, 3321, 3355, 0)
    bat_mot = session.get(Area, "15607")
    assert (bat_mot.level, bat_mot.kind, bat_mot.name) == (Level.COMMUNE, Kind.XA, "Bát Mọt")
    assert (bat_mot.path, bat_mot.parent_code, bat_mot.folded) == ("38/15607/", "38", "bat mot")
    assert 19 < bat_mot.latitude < 21
    assert 104 < bat_mot.longitude < 106
    assert session.get(Area, "01").kind is Kind.THANH_PHO
    assert session.get(Area, "20333").name == "Hoàng Sa"
    assert session.get(Area, "20333").kind is session.get(Area, "22736").kind is Kind.DAC_KHU


def test_a_second_time_changes_nothing_and_is_quick(session, count_statements):
    load(session)
    count_statements.clear()
    before = process_time()
    done = load(session)

    assert (done.added, done.changed) == (0, 0)
    assert not [statement for statement in count_statements if not statement.startswith("SELECT")]
    assert process_time() - before < 1.5


def test_the_package_itself_is_never_imported(session):
    load(session)

    assert "vietnamadminunits" not in sys.modules


def test_a_new_name_is_taken_over_and_figures_are_left_alone(session, dataset):
    load(session, dataset)
    session.get(Area, "15607").official_households = 900
    session.flush()
    change(dataset, "UPDATE admin_units SET ward = 'Xã Mẫu' WHERE wardCode = '15607'")
    done = load(session, dataset)
    session.expire_all()

    assert (done.added, done.changed) == (0, 1)
    assert session.get(Area, "15607").name == "Mẫu"
    assert session.get(Area, "15607").official_households == 900


@pytest.mark.parametrize(
    "spoil",
    [
        "DELETE FROM admin_units",
        "DELETE FROM admin_units WHERE wardCode = '15607'",
        "DELETE FROM admin_units WHERE provinceCode = '01'",
    ],
)
def test_other_counts_than_the_official_ones_are_refused(session, dataset, spoil):
    change(dataset, spoil)

    with pytest.raises(Conflict, match="area_data_incomplete"):
        load(session, dataset)
    assert session.query(Area).count() == 0


def test_a_missing_or_foreign_file_is_refused(session, dataset, tmp_path):
    with pytest.raises(NotFound, match="area_data_missing"):
        load(session, tmp_path / "nothing.db")
    assert not (tmp_path / "nothing.db").exists()

    dataset.write_bytes(b"not a database, however long it may be " * 50)
    with pytest.raises(NotFound, match="area_data_missing"):
        load(session, dataset)


def test_a_kind_of_area_nobody_knows_is_refused(session, dataset):
    change(dataset, "UPDATE admin_units SET ward = 'Vùng Mẫu' WHERE wardCode = '15607'")

    with pytest.raises(Conflict, match="area_data_unknown_kind"):
        load(session, dataset)
