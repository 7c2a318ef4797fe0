"""Imports visits that a phone could not send and exported to a file. An organiser does this as the last resort."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from community_teams.domain.visit_batch import ResultStatus
from community_teams.phones.domain.batches import MOST_VISITS, Result
from community_teams.phones.queries.devices import held_within, only_carrier
from community_teams.phones.services.batch_reading import Read
from community_teams.phones.services.batches import record_sent
from community_teams.services.recording import Submission
from foundation.accounts.domain.roles import Act, Holding, reach
from foundation.accounts.models import Person
from foundation.accounts.queries import person_named
from foundation.accounts.services import audit
from foundation.areas.domain.scope import Scope
from foundation.clock import day_in_vietnam
from foundation.problems import Invalid

# A phone without signal for months holds fewer.
MOST_IN_A_FILE = 2_000


@dataclass(frozen=True)
class VisitFile:
    """The file of a phone. device: its id; member: id or sign-in name of the account whose visits they are; None where
    the file does not say. visits: raw."""

    visits: Sequence[Any]
    device: UUID | None = None
    member: str | None = None


@dataclass(frozen=True)
class Imported:
    """member: for whom the visits were recorded. results: one for each visit, in the order of the file."""

    member: Person
    file: VisitFile
    results: Sequence[Result]

    @property
    def counts(self) -> Mapping[ResultStatus, int]:
        return Counter(result.outcome for result in self.results)


def read_visit_file(content: bytes) -> VisitFile:
    """Read a file as phones write it: the body of a batch, of any length, with the member's name.

    Raises Invalid {"file": "not_a_visit_file" | "no_visits" | "too_many_visits"}. The visits are not looked at.
    """
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise Invalid({"file": "not_a_visit_file"}) from None
    visits = body.get("visits") if isinstance(body, dict) else None
    if not isinstance(visits, list):
        raise Invalid({"file": "not_a_visit_file"})
    if not visits:
        raise Invalid({"file": "no_visits"})
    if len(visits) > MOST_IN_A_FILE:
        raise Invalid({"file": "too_many_visits"})
    member = body.get("member")
    return VisitFile(visits, _uuid(body.get("device")), member if isinstance(member, str) and member else None)


def import_visits(
    session: Session,
    file: VisitFile,
    read: Sequence[Read],
    *,
    member: str = "",
    by: str,
    scope: Scope,
    now: datetime,
) -> Imported:
    """Store the visits of a file as if the phone had sent them. The same file again changes nothing.

    read: its visits, from read_records. member: sign-in name of who made the visits; if empty, the member named in the
    file, else the only user of its phone. by, scope: who imports, and where they look after teams; only visits
    made within it are taken, where the member was allowed to record. Conflicts are held for a person, and so is
    what the rules refuse, as it was written. Raises Invalid {"member": "missing" | "no_such_member"}.
    """
    person = _member(session, file, member, scope)
    submission = Submission(person.id, _allowed(person, scope, day_in_vietnam(now)), file.device)
    results: list[Result] = []
    for start in range(0, len(file.visits), MOST_VISITS):
        some = slice(start, start + MOST_VISITS)
        results += record_sent(
            session, file.visits[some], read[some], submission=submission, now=now, hold_rejected=True
        )
    imported = Imported(person, file, results)
    counts = {status.value: number for status, number in sorted(imported.counts.items())}
    path = min(held_within(session, scope, [person.id])[person.id])
    audit.record(session, by, "import_visits", {"person": person.name, **counts}, now=now, area_path=path)
    return imported


def _member(session: Session, file: VisitFile, typed: str, scope: Scope) -> Person:
    if typed.strip():
        person = person_named(session, typed.strip()[:100])
    elif file.member:
        # The app knows its member by number; a longer one than PostgreSQL's integers is nobody's.
        is_number = file.member.isascii() and file.member.isdecimal() and len(file.member) < 10
        person = session.get(Person, int(file.member)) if is_number else person_named(session, file.member[:100])
    else:
        person = only_carrier(session, file.device) if file.device else None
        if person is None:
            raise Invalid({"member": "missing"})
    # Unknown and elsewhere get one answer: nobody learns which names exist.
    if person is None or not held_within(session, scope, [person.id]):
        raise Invalid({"member": "no_such_member"})
    return person


def _allowed(person: Person, scope: Scope, today: date) -> Callable[[date], Scope]:
    holdings: list[Holding] = [held.as_holding() for held in person.holdings]

    @cache
    def scope_on(day: date) -> Scope:
        held = {*reach(holdings, Act.RECORD_VISIT, today).paths, *reach(holdings, Act.RECORD_VISIT, day).paths}
        return Scope(tuple(sorted(path for path in held if scope.covers(path))))

    return scope_on


def _uuid(value: object) -> UUID | None:
    try:
        return UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
