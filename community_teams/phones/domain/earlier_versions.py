"""Visits that are sent again when the rules no longer accept them; their content hash shows whether they are stored."""

from collections.abc import Mapping

from pydantic import ValidationError

from community_teams.domain.visits import VisitReport

# Rules whose answer changes while a visit waits on a phone.
_OF_THE_MOMENT = {
    ("started_at", "in_the_future"),
    ("started_at", "too_long_ago"),
    ("form_version", "too_old"),
}


def read_sent_before(record: object, problems: Mapping[str, str]) -> VisitReport | None:
    """Read a record that read_visit refused only for when it was sent: by the clock, or by a form that is too old now.

    problems: as read_visit gave them. None where anything else is wrong with the record. For its content hash only: it
    may have been right when it was sent first and be stored since, but it is never recorded by this reading.
    """
    if not problems or any(problem not in _OF_THE_MOMENT for problem in problems.items()):
        return None
    try:
        return VisitReport.model_validate(record, context={"known": True})
    # The rules keep times at the ends of the calendar away from such sums.
    except (ValidationError, OverflowError):
        return None
