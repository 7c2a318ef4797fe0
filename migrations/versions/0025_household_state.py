"""The state of every household, which the next visit goes on from without reading the visits before it.

Filled by the same fold that writes it from now on; what it cannot fill, the next visit or `teams recount` does. Rows
that the version before writes meanwhile count up `version` alone, so that their state is known to be out of date.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from community_teams.domain.codes import Outcome
from community_teams.domain.household_state import state_after
from community_teams.domain.households import VisitEvent
from foundation.database import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

AT_ONCE = 1_000  # households

_household = sa.table(
    "household",
    sa.column("id", sa.Uuid),
    sa.column("merged_into", sa.Uuid),
    sa.column("version", sa.Integer),
    sa.column("first_knocked_on", sa.Date),
    sa.column("state", sa.JSON),
    sa.column("state_version", sa.Integer),
)
_visit = sa.table(
    "visit",
    sa.column("id", sa.Uuid),
    sa.column("household_id", sa.Uuid),
    sa.column("visited_on", sa.Date),
    sa.column("outcome", sa.String),
    sa.column("started_at", UtcDateTime),
    sa.column("next_visit_on", sa.Date),
    sa.column("said", sa.JSON),
    sa.column("supersedes", sa.Uuid),
)
_knock = sa.table(
    "knock",
    sa.column("household_id", sa.Uuid),
    sa.column("day", sa.Date),
    sa.column("outcome", sa.String),
    sa.column("next_visit_on", sa.Date),
)


def upgrade() -> None:
    op.add_column("household", sa.Column("state", sa.JSON, nullable=True))
    op.add_column("household", sa.Column("state_version", sa.Integer, nullable=True))
    connection = op.get_bind()
    merged = _merged(connection)
    visited = sa.select(_household.c.id).where(
        _household.c.first_knocked_on.is_not(None), _household.c.merged_into.is_(None)
    )
    ids = connection.scalars(visited.order_by(_household.c.id)).all()
    for start in range(0, len(ids), AT_ONCE):
        _fill(connection, ids[start : start + AT_ONCE], merged)


def downgrade() -> None:
    with op.batch_alter_table("household") as household:
        household.drop_column("state_version")
        household.drop_column("state")


def _merged(connection: sa.Connection) -> dict[UUID, list[UUID]]:
    """The households merged into each, at once or through others."""
    rows = connection.execute(
        sa.select(_household.c.id, _household.c.merged_into).where(_household.c.merged_into.is_not(None))
    )
    into: dict[UUID, UUID] = {row.id: row.merged_into for row in rows}
    merged = defaultdict(list)
    for id in into:
        stays = into[id]
        while stays in into:
            stays = into[stays]
        merged[stays].append(id)
    return merged


def _fill(connection: sa.Connection, ids: Sequence[UUID], merged: dict[UUID, list[UUID]]) -> None:
    counted_for = {id: id for id in ids} | {other: id for id in ids for other in merged.get(id, ())}
    visits = defaultdict(list)
    for household, visit in _visits(connection, list(counted_for)):
        visits[counted_for[household]].append(visit)
    states = [{"_id": id, "_state": state_after(visits[id])[0].to_json()} for id in ids]
    if connection.dialect.name == "postgresql":
        # One statement for all rows; their ids and states go as one value.
        rows = json.dumps([{"id": str(row["_id"]), "state": row["_state"]} for row in states])
        connection.execute(
            sa.text(
                "UPDATE household SET state = new.state, state_version = household.version "
                "FROM json_to_recordset(CAST(:rows AS json)) AS new (id uuid, state json) WHERE household.id = new.id"
            ),
            {"rows": rows},
        )
        return
    write = sa.update(_household).where(_household.c.id == sa.bindparam("_id"))
    write = write.values(state=sa.bindparam("_state", type_=sa.JSON), state_version=_household.c.version)
    connection.execute(write, states)


def _visits(connection: sa.Connection, ids: Sequence[UUID]) -> Iterator[tuple[UUID, VisitEvent]]:
    later = _visit.alias("later")
    counted = ~sa.exists().where(later.c.supersedes == _visit.c.id)
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        visits: sa.Select[Any] = sa.select(
            _visit.c.household_id,
            _visit.c.visited_on,
            _visit.c.outcome,
            _visit.c.started_at,
            _visit.c.next_visit_on,
            _visit.c.said,
            _visit.c.id,
        ).where(_visit.c.household_id.in_(some), counted)
        for household, day, outcome, at, again, said, id in connection.execute(visits):
            yield household, VisitEvent(day, Outcome(outcome), at, again, said, id)
        knocks = sa.select(_knock).where(_knock.c.household_id.in_(some))
        for household, day, outcome, again in connection.execute(knocks):
            yield household, VisitEvent(day, Outcome(outcome), None, again)
