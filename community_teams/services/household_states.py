"""Writing the state of households. Nothing else writes these columns."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.orm import Session

from community_teams.domain.household_state import HouseholdState
from community_teams.domain.households import HouseholdSummary
from community_teams.models import HamletTotal, Household
from foundation.bulk import ROWS

_table = Household.__table__
# The number counters.lock_hamlets gave to this very transaction, which holds the hamlet's lock.
_CHANGE_NOW = (
    select(HamletTotal.change)
    .where(HamletTotal.hamlet_code == _table.c.hamlet_code)
    .correlate(_table)
    .scalar_subquery()
)
_WRITE = (
    update(_table)  # type: ignore[arg-type]
    .where(_table.c.id == bindparam("_household"))
    .values(
        {name: bindparam(name) for name in (*vars(HouseholdSummary()), "state")}
        | {"version": _table.c.version + 1, "state_version": _table.c.version + 1, "change": _CHANGE_NOW}
    )
)
# The same for all rows at once: PostgreSQL takes a statement for each row far less kindly than SQLite does.
_WRITE_AT_ONCE = text(
    """
    UPDATE household SET
        status = new.status,
        first_knocked_on = new.first_knocked_on,
        first_reached_on = new.first_reached_on,
        last_outcome = new.last_outcome,
        last_visited_on = new.last_visited_on,
        next_visit_on = new.next_visit_on,
        state = new.state,
        version = household.version + 1,
        state_version = household.version + 1,
        change = hamlet_total.change
    FROM json_populate_recordset(NULL::household, :rows) AS new, hamlet_total
    WHERE household.id = new.id AND hamlet_total.hamlet_code = household.hamlet_code
    """
).bindparams(ROWS)


def write_state(household: Household, new: HouseholdState) -> None:
    """Write a state on a household's row; its version counts up if that changes anything that phones show. Its hamlet's
    lock is held, and the columns `state` and `state_version` are loaded."""
    changed = {name: value for name, value in vars(new.summary).items() if getattr(household, name) != value}
    for name, value in changed.items():
        setattr(household, name, value)
    if changed:
        household.version += 1
        household.change = _CHANGE_NOW
    if new.visited or household.state is not None:
        household.state, household.state_version = new.to_json(), household.version


def write_states(session: Session, changed: Mapping[UUID, HouseholdState]) -> None:
    """Write the states of these households, all at once; their versions count up. Their hamlets' locks are held."""
    if not changed:
        return
    connection = session.connection()
    rows = {id: {**vars(new.summary), "state": new.to_json()} for id, new in changed.items()}
    if connection.dialect.name == "postgresql":
        connection.execute(_WRITE_AT_ONCE, {"rows": [{"id": id} | row for id, row in rows.items()]})
    else:
        connection.execute(_WRITE, [{"_household": id} | row for id, row in sorted(rows.items())])
    for row in session.identity_map.values():
        if isinstance(row, Household) and row.id in changed:
            session.expire(row)
