"""Every query that takes a scope, with a neighbour's: nothing of ours is in what it answers.

The neighbour's commune has the same kinds of things. What a query answers there must be the same to the letter whether
ours are planted or not; with our own scope it must not be the same, or the call would prove nothing.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import sessionmaker
from uuid_utils.compat import uuid7

from community_teams.list_changes.services.household_merges import merge_household
from community_teams.models import HeldVisit, Issue
from community_teams.pilots.domain.pilots import State
from community_teams.pilots.models import Pilot
from foundation.accounts.services import audit
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area
from foundation.database import Base
from foundation.problems import Problem
from tests.conftest import NOON
from tests.making import Make
from tests.matrix.scoped_queries import CALLS, NOT_LIMITED, OTHERWISE, Call, Planted, scoped_queries
from tests.matrix.worlds import TODAY, build_world

AGREED = {"level": "code", "text_version": "2026-11", "how": "spoken"}


def plant(make, key, commune, course) -> Planted:
    session = make.session
    world = build_world(make, key, commune, course)
    merged = make.household(world.hamlet, f"{key}-003")
    make.visit(merged, days_ago=10, network={"viettel": "weak"}, consent=AGREED)
    merge_household(session, merged.id, world.household, by="ai-do", scope=NATION, now=NOON)
    session.get_one(Issue, world.issue).beyond_authority = True
    make.hamlet(commune=commune, name=f"Cũ {key}", valid_to=TODAY)
    audit.record(session, who="ai-do", act="role_given", what={"to": key}, area_path=world.path, now=NOON)
    public = _pilot(world)
    session.add(public)
    session.flush()
    copy = _pilot(world, copied_from=public.id)
    session.add(copy)
    session.commit()
    communes = session.scalars(select(Area).where(Area.parent_code == commune.parent_code)).all()
    held = session.get_one(HeldVisit, world.held)
    return Planted(world, merged.id, public.id, copy.id, course, world.hamlet, held, communes)


def _pilot(world, **more):
    return Pilot(
        form_id=uuid7(),
        hamlet_code=world.hamlet.code,
        state=State.PUBLISHED,
        title=world.marks["pilot"],
        written_by=world.member,
        changed_by=world.member,
        created_at=NOON,
        changed_at=NOON,
        published_at=NOON,
        **more,
    )


@pytest.fixture
def answers(connection, now):
    """What every call answers: {(name, place of the call): text}, to our scope and to the neighbour's, with and without
    what is ours."""
    sessions = sessionmaker(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)
    with sessions() as session:
        make = Make(session)
        course = make.course(lessons=(make.lesson(id="mot"), make.lesson(id="hai")))
        make.catalogue(course)
        home, beside = make.commune("15607"), make.commune("15610", "Mẫu Cạnh")
        plant(make, "B", beside, course)
    with connection.begin_nested() as ours:
        with sessions() as session:
            make = Make(session)
            make._next = 500  # names and codes that the neighbour has not
            planted = plant(make, "A", home, course)
        with sessions() as session:
            planted.look_up(session)
        here, there = Scope((home.path,)), Scope((beside.path,))
        found = {"ours": everything(sessions, here, planted), "theirs": everything(sessions, there, planted)}
        ours.rollback()
    return found | {
        "ours without": everything(sessions, here, planted),
        "theirs without": everything(sessions, there, planted),
    }


def everything(sessions, scope, planted) -> dict[tuple[str, int], str]:
    found = {}
    with sessions() as session:
        for query, arguments in CALLS.items():
            for number, given in enumerate(arguments(planted)):
                call = given if isinstance(given, Call) else Call(*given)
                found[name_of(query), number] = answer(query, session, scope, *call.args, **call.named)
        for query, ask in OTHERWISE.items():
            found[name_of(query), 0] = answer(ask, session, scope, planted)
    return found


def name_of(query) -> str:
    return f"{query.__module__}.{query.__qualname__}"


def answer(query, *args, **named) -> str:
    try:
        return repr(plain(query(*args, **named)))
    except Problem:
        return "refused"


def plain(value):
    """All that is in an answer, rows of tables column by column."""
    if isinstance(value, Base):
        columns = inspect(type(value)).column_attrs
        return type(value).__name__, {each.key: plain(getattr(value, each.key)) for each in columns}
    if is_dataclass(value):
        return type(value).__name__, {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return sorted(((plain(key), plain(each)) for key, each in value.items()), key=repr)
    if isinstance(value, Set):
        return sorted((plain(each) for each in value), key=repr)
    if isinstance(value, Sequence | Iterator) and not isinstance(value, str | bytes):
        return [plain(each) for each in value]
    return value


def test_every_query_that_takes_a_scope_has_a_line():
    taken = {name_of(query) for query in scoped_queries()}
    lines = [name_of(query) for query in (*CALLS, *OTHERWISE, *NOT_LIMITED)]

    assert len(taken) > 70
    assert sorted(lines) == sorted(taken)


def test_a_neighbour_is_told_nothing_of_ours(answers):
    changed = {call for call, told in answers["theirs"].items() if told != answers["theirs without"][call]}

    assert changed == set()


def test_every_line_finds_something_of_ours(answers):
    ours, without = answers["ours"], answers["ours without"]
    proved = {name for (name, number), told in ours.items() if told != without[name, number]}

    assert {name for name, _ in ours} - proved == set()
