import pytest

from foundation.areas.domain.scope import NATION, NOWHERE, Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside


def test_a_province_covers_itself_and_everything_beneath_it():
    scope = Scope(("38/",))

    assert scope.covers("38/")
    assert scope.covers("38/15607/15607-003/")
    assert not scope.covers("3/")
    assert not scope.covers("40/")


def test_the_nation_covers_all_and_nowhere_covers_nothing():
    assert NATION.covers("38/15607/")
    assert not NOWHERE.covers("38/15607/")
    assert not NOWHERE.covers("")


def test_a_reach_within_the_nation_does_not_cover_the_nation():
    assert not Scope(("38/",)).covers("")


def test_a_path_that_could_be_mistaken_for_its_neighbour_is_refused():
    with pytest.raises(ValueError, match="38"):
        Scope(("38",))


def test_the_database_sees_the_same_reach_as_the_rule(session, make):
    near = make.hamlet(make.commune("15607"))
    # A commune whose code begins alike, and one that sorts right after.
    make.hamlet(make.commune("15608"))
    make.commune("00004", "Ba Đình", make.province("01", "Hà Nội"))
    everything = session.query(Area).all()

    for scope in (
        Scope(("38/",)),
        Scope(("38/15607/",)),
        Scope((near.path, "01/")),
        Scope(("3/",)),
        NATION,
        NOWHERE,
    ):
        found = session.query(Area).filter(inside(Area.path, scope)).all()
        assert {area.path for area in found} == {area.path for area in everything if scope.covers(area.path)}


def test_a_reach_is_looked_up_in_the_index(session, make, database_kind):
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL reads a table this small without its index")
    make.hamlet()
    asked = session.query(Area.code).filter(inside(Area.path, Scope(("38/15607/",))))
    words = asked.statement.compile(session.bind, compile_kwargs={"literal_binds": True})
    plan = str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}").all())

    assert "SEARCH area USING" in plan
    assert "path>? AND path<?" in plan
