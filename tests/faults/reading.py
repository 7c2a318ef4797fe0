"""Reading a visit as the server does, whatever the hour."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from community_teams.domain.visits import VisitReport, read_visit

LATE = datetime(2100, 1, 1, tzinfo=UTC)


def as_report(record: Mapping[str, Any]) -> VisitReport:
    return read_visit(record, now=LATE)
