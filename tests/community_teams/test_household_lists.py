"""Importing lists of households: all or nothing, every fault with its row, never a number of a paper."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from community_teams.domain.household_lists import NewHousehold, read_households
from community_teams.models import HamletTotal, Household
from community_teams.services.households import FaultyHouseholds, add_households, import_households
from foundation.areas.domain.scope import NATION, Scope

NOW = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
HEADINGS = ["Mã hộ", "Mã thôn", "Ngõ", "Tên gọi", "Đồng ý ghi tên", "Tiếng"]


@pytest.fixture
def hamlet(make):
    return make.hamlet()


@pytest.fixture
def load(session):
    def load(*rows, headings=HEADINGS, scope=NATION):
        return import_households(session, read_households([headings, *rows]), scope=scope, now=NOW)

    return load


def faults(load, *rows, **options):
    with pytest.raises(FaultyHouseholds) as problem:
        load(*rows, **options)
    return [(fault.row, fault.code, fault.value) for fault in problem.value.faults]


def test_a_list_becomes_households_that_are_counted(load, hamlet, session):
    done = load(
        ["M1-001", hamlet.code, "Ngõ 10", None, None, "mtq"],
        [],
        ["M1-002", hamlet.code, "Ngõ 2", "Bác Mẫu", "có", None],
    )

    assert (done.added, done.changed, done.unchanged) == (2, 0, 0)
    households = session.scalars(select(Household).order_by(Household.lane_key)).all()
    assert [(h.short_code, h.lane, h.label) for h in households] == [
        ("M1-002", "Ngõ 2", "Bác Mẫu"),
        ("M1-001", "Ngõ 10", None),
    ]
    assert session.get_one(HamletTotal, hamlet.code).households == 2


def test_the_same_list_again_changes_nothing(load, hamlet, session):
    row = ["M1-001", hamlet.code, "Ngõ 1", None, None, None]
    load(row)
    done = load(row)

    assert (done.added, done.changed, done.unchanged) == (0, 0, 1)
    assert session.scalars(select(Household.version)).one() == 1
    assert session.get_one(HamletTotal, hamlet.code).households == 1


def test_a_new_lane_is_taken_over_and_an_empty_cell_changes_nothing(load, hamlet, session):
    load(["M1-001", hamlet.code, "Ngõ 1", None, None, None])

    assert load(["M1-001", hamlet.code, "Ngõ 9", None, None, None]).changed == 1
    assert load(["M1-001", hamlet.code, None, None, None, None]).unchanged == 1
    household = session.scalars(select(Household)).one()
    assert (household.lane, household.folded, household.version) == ("Ngõ 9", "m1 001 ngo 9", 2)


def test_every_fault_is_told_with_its_row_and_nothing_is_kept(load, hamlet, make, session):
    sample = make.hamlet(is_sample=True)
    found = faults(
        load,
        ["M1-001", hamlet.code, None, None, None, None],
        ["", hamlet.code, "x" * 81, None, None, "tiếng Mường"],
        ["M1-001", hamlet.code, None, None, None, None],
        ["M1-003", "99999-001", None, None, None, None],
        ["M1-004", sample.code, None, None, None, None],
        ["M1-005", hamlet.code, None, "Bác Mẫu", "", None],
        ["a\x00b", hamlet.code, None, None, None, None],
    )

    assert found == [
        (3, "no_short_code", ""),
        (3, "lane_too_long", "x" * 60),
        (3, "not_a_language", "tiếng Mường"),
        (4, "doubled", "2"),
        (5, "unknown_hamlet", "99999-001"),
        (6, "sample_hamlet", sample.code),
        (7, "label_without_consent", ""),
        (8, "not_a_short_code", "'a\\x00b'"),
    ]
    assert session.scalar(select(func.count()).select_from(Household)) == 0


@pytest.mark.parametrize("cell", ["038 085 001 234", "172345678", 38085001234.0, "0912 345 678"])
def test_numbers_of_papers_are_refused_in_any_column_and_not_repeated(load, hamlet, cell):
    found = faults(load, ["M1-001", hamlet.code, cell], headings=["mã hộ", "mã thôn", "ghi chú"])

    assert found == [(2, "identity_number", "ghi chú")]


@pytest.mark.parametrize("heading", ["Số căn cước", "CCCD", "Số hộ khẩu", "SĐT", "Ngày sinh", "Dân tộc"])
def test_a_column_for_what_we_never_keep_is_refused_by_its_name(load, hamlet, heading):
    found = faults(load, ["M1-001", hamlet.code, ""], headings=["mã hộ", "mã thôn", heading])

    assert found == [(1, "forbidden_heading", heading)]


def test_a_list_without_its_columns_is_refused(load):
    assert faults(load, headings=["tên"]) == [
        (1, "missing_heading", "short_code"),
        (1, "missing_heading", "hamlet_code"),
    ]


def test_a_hamlet_out_of_reach_is_unknown(load, hamlet):
    elsewhere = Scope(("38/15607/15607-999/",))

    assert faults(load, ["M1-001", hamlet.code], scope=elsewhere) == [(2, "unknown_hamlet", hamlet.code)]


def test_a_real_household_cannot_stand_in_a_sample_hamlet(session, make):
    sample = make.hamlet(is_sample=True)

    with pytest.raises(FaultyHouseholds):
        add_households(session, [NewHousehold("M1-001", sample.code)], now=NOW)


def test_the_command_reads_a_file_and_names_faults(app, hamlet, tmp_path):
    good, bad = tmp_path / "ho.csv", tmp_path / "hong.csv"
    good.write_text(f"mã hộ,mã thôn,ngõ\nM1-001,{hamlet.code},Ngõ 1\n", encoding="utf-8")
    bad.write_text(f"mã hộ,mã thôn,ngõ\nM1-002,{hamlet.code},038085001234\n", encoding="utf-8")
    run = app.test_cli_runner().invoke

    assert "1 hộ thêm mới" in run(args=["teams", "import-households", str(good)]).output
    refused = run(args=["teams", "import-households", str(bad)])
    assert refused.exit_code == 1
    assert "Dòng 2" in refused.output
    assert "038085001234" not in refused.output
    assert "Mọi con số đều khớp" in run(args=["teams", "recount"]).output
