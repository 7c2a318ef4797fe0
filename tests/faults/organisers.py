"""What happens to households and phones while visits wait: lists are put right, and a phone is reported lost."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from community_teams.list_changes.services.household_merges import merge_household, take_out_household
from community_teams.list_changes.services.household_moves import move_household
from community_teams.phones.services.devices import cut_off
from foundation.areas.domain.scope import NATION
from foundation.problems import Conflict
from tests.faults.servers import Served

TRIES = 40
WHO = "do-can-bo"


class Organiser:
    """elsewhere: code of a hamlet where the member may do nothing. What is drawn is drawn from `chance`."""

    def __init__(self, served: Served, doors: Sequence[UUID], elsewhere: str, chance: Random) -> None:
        self._served = served
        self._doors = doors
        self._elsewhere = elsewhere
        self._chance = chance

    def put_lists_right(self) -> str:
        """Move a household to the other hamlet, or say that it is the same as another, or no longer that it is.

        Returns what was done.
        """
        one, other = self._chance.sample(self._doors, 2)
        place: dict[str, Any] = {"by": WHO, "scope": NATION}
        try:
            if self._chance.random() < 0.5:
                self._do(lambda session, now: move_household(session, one, self._elsewhere, now=now, **place))
                return "household moved while visits waited"
            self._do(lambda session, now: merge_household(session, one, other, now=now, **place))
            if self._chance.random() < 0.25:
                # A mistake, noticed at once.
                self._do(lambda session, now: take_out_household(session, one, now=now, **place))
                return "household taken out while visits waited"
        except Conflict:
            # One of the two has moved, or was merged before.
            return "households left as they are"
        return "household merged while visits waited"

    def cut_off(self, device: UUID) -> None:
        self._do(lambda session, now: cut_off(session, device, by=WHO, scope=NATION, now=now))

    def _do(self, act: Callable[[Session, datetime], object]) -> None:
        for _ in range(TRIES):
            try:
                with Session(self._served.engine) as session:
                    session.connection(execution_options={"writing": True})
                    act(session, datetime.now(UTC))
                    session.commit()
                return
            except (OperationalError, InterfaceError):
                # The database is in trouble, for which others see to it.
                time.sleep(0.5)
        raise AssertionError("the database does not come back")
