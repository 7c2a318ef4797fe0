import csv
import hashlib
import json
import shutil
from collections import Counter, defaultdict
from time import process_time

import pytest
from sqlalchemy import select

from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.models import Area
from foundation.areas.services.loading import AREAS, load
from foundation.problems import Conflict, NotFound

# Of all rows as they were loaded from vietnamadminunits 1.0.4 itself. A correction in areas.csv changes it.
DIGEST = "a18e81f2597d2f90d995161c6da56b474b40b91ec1d2c9df4fa3fce51bb81e89"


@pytest.fixture
def file(tmp_path):
    """A copy of our file, to be spoilt."""
    copy = tmp_path / "areas.csv"
    shutil.copy(AREAS, copy)
    return copy


def change(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")


def leave_out(file, start):
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith(start)), encoding="utf-8")


def test_all_provinces_and_communes_are_there_with_their_names_and_places(session):
    done = load(session)

    assert (done.provinces, done.communes, done.added, done.changed) == (34, 3321, 3355, 0)
    bat_mot = session.get(Area, "15607")
    assert (bat_mot.level, bat_mot.kind, bat_mot.name) == (Level.COMMUNE, AreaKind.XA, "Bát Mọt")
    assert (bat_mot.path, bat_mot.parent_code, bat_mot.folded) == ("38/15607/", "38", "bat mot")
    assert 19 < bat_mot.latitude < 21
    assert 104 < bat_mot.longitude < 106
    assert session.get(Area, "01").kind is AreaKind.THANH_PHO
    assert session.get(Area, "20333").name == "Hoàng Sa"
    assert session.get(Area, "20333").kind is session.get(Area, "22736").kind is AreaKind.DAC_KHU


def test_a_second_time_changes_nothing_and_is_quick(session, count_statements):
    load(session)
    count_statements.clear()
    before = process_time()
    done = load(session)

    assert (done.added, done.changed) == (0, 0)
    assert not [statement for statement in count_statements if not statement.startswith("SELECT")]
    assert process_time() - before < 1.5


def test_the_rows_are_those_of_the_source(session):
    load(session)
    columns = [getattr(Area, name) for name in (
        "code", "parent_code", "level", "kind", "name", "path", "sort_key", "folded", "latitude", "longitude"
    )]  # fmt: skip
    rows = [list(row) for row in session.execute(select(*columns).order_by(Area.code))]

    assert hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest() == DIGEST


def test_a_new_name_is_taken_over_and_figures_are_left_alone(session, file):
    load(session, file)
    session.get(Area, "15607").official_households = 900
    session.flush()
    change(file, "Xã Bát Mọt", "Xã Mẫu")
    done = load(session, file)
    session.expire_all()

    assert (done.added, done.changed) == (0, 1)
    assert session.get(Area, "15607").name == "Mẫu"
    assert session.get(Area, "15607").official_households == 900


@pytest.mark.parametrize("start", ["15607,", "01,", "0"])
def test_other_counts_than_the_official_ones_are_refused(session, file, start):
    leave_out(file, start)

    with pytest.raises(Conflict, match="area_data_incomplete"):
        load(session, file)
    assert session.query(Area).count() == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a table, however long it may be " * 50,
        b"PK\x03\x04\xff\xfe" * 50,
        b"code,parent,name,latitude,longitude\n01,,T\xe1\xbb\x89nh M,north,105\n",
        b"code,parent,name,latitude,longitude\n01,,T\xe1\xbb\x89nh M\n",
        b"code,parent,name,latitude,longitude\n01,,T\xe1\xbb\x89nh M,21,105,6\n",
        b'code,parent,name,latitude,longitude\n01,,"T,21,105\n',
    ],
)
def test_a_missing_or_foreign_file_is_refused(session, file, tmp_path, content):
    with pytest.raises(NotFound, match="area_data_missing"):
        load(session, tmp_path / "nothing.csv")

    file.write_bytes(content)
    with pytest.raises(NotFound, match="area_data_missing"):
        load(session, file)


def test_a_kind_of_area_nobody_knows_is_refused(session, file):
    change(file, "Xã Bát Mọt", "Vùng Bát Mọt")

    with pytest.raises(Conflict, match="area_data_unknown_kind"):
        load(session, file)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_every_area_of_before_went_into_ones_that_there_are():
    """Counts: 63 provinces, 10,035 communes, 5 island districts without communes; source: README.md beside the file."""
    former, today = rows_of(AREAS.with_name("former_areas.csv")), rows_of(AREAS)
    codes = {row["code"] for row in today}
    shares = defaultdict(Counter)
    for row in former:
        shares[row["code"]][row["share"]] += 1

    assert Counter(len(code) for code in shares) == {2: 63, 5: 10_035, 3: 5}
    assert {row["became"] for row in former} == codes
    # An area went over whole, or was divided, with one main part.
    assert all(found == {"whole": 1} or (found["main"] == 1 and not found["whole"]) for found in shares.values())
    # A commune stays within the province that its own province went into.
    provinces = {row["code"]: row["became"] for row in former if len(row["code"]) == 2}
    parents = {row["code"]: row["parent"] for row in today}
    assert all(provinces[row["province"]] == parents[row["became"]] for row in former if row["province"])
    assert ("15607", "Xã Bát Mọt", "15607") in {(row["code"], row["name"], row["became"]) for row in former}
