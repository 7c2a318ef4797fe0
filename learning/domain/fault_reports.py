"""Reports of faults in lessons, and their states. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from courses.domain.lesson import Lesson
from foundation.characters import is_overlong
from foundation.free_text import text_fault
from foundation.problems import Invalid

LONGEST_NOTE = 500  # characters
LONGEST_REPLY = 300
# Facts 7.5: reports are answered within five days.
ANSWERED_WITHIN = timedelta(days=5)


class ReportKind(StrEnum):
    """What is wrong. Vietnamese in `learning/fault_words.html`."""

    SCREEN_DIFFERS = "screen_differs"
    WRONG_NUMBER = "wrong_number"
    HARD_TO_FOLLOW = "hard_to_follow"
    CANNOT_PERCEIVE = "cannot_perceive"
    OTHER = "other"


class ReportState(StrEnum):
    """The state of a report. Settled states are MENDED and NO_FAULT."""

    NEW = "new"
    IN_PROGRESS = "seen"
    MENDED = "mended"
    NO_FAULT = "no_fault"


OPEN = (ReportState.NEW, ReportState.IN_PROGRESS)
# A settled report can be reopened, in case of a wrong tap.
_FOLLOWING: dict[ReportState, frozenset[ReportState]] = {
    ReportState.NEW: frozenset({ReportState.IN_PROGRESS, ReportState.MENDED, ReportState.NO_FAULT}),
    ReportState.IN_PROGRESS: frozenset({ReportState.MENDED, ReportState.NO_FAULT}),
    ReportState.MENDED: frozenset({ReportState.IN_PROGRESS}),
    ReportState.NO_FAULT: frozenset({ReportState.IN_PROGRESS}),
}


@dataclass(frozen=True)
class FaultReport:
    """One report as people see it.

    place: id of a step, question or practice screen as the lesson was then; "" for the whole lesson. library: the
    version of the library the reporter read. reply: the editor's answer, "" for none. handled_at, handled_by: the last
    change of state; None and "" before.
    """

    id: UUID
    lesson: str
    place: str
    kind: ReportKind
    note: str
    library: str
    state: ReportState
    sent_at: datetime
    reply: str
    handled_at: datetime | None
    handled_by: str

    @property
    def due_at(self) -> datetime:
        return self.sent_at + ANSWERED_WITHIN

    def overdue(self, now: datetime) -> bool:
        """Whether the report is still new although the promised days are over."""
        return self.state is ReportState.NEW and now > self.due_at


def may_become(before: ReportState, after: ReportState) -> bool:
    return after in _FOLLOWING[before]


def place_in(lesson: Lesson, place: str) -> str:
    """`place` if the lesson has such a step, question or practice screen, else "". The lesson may have changed since
    then.
    """
    here = any(step.id == place for step in lesson.steps) or lesson.question(place) or lesson.practice.screen(place)
    return place if here else ""


def read_report(kind: str, note: str) -> tuple[ReportKind, str]:
    """The kind of fault, and the note as it is stored. Raises Invalid with the fields `kind`, `note`."""
    faults: dict[str, str] = {}
    note = _read_text(faults, "note", note, LONGEST_NOTE)
    if kind not in set(ReportKind):
        faults["kind"] = "choose_one"
    elif kind == ReportKind.OTHER and not note and not faults:
        faults["note"] = "say_what"
    if faults:
        raise Invalid(faults)
    return ReportKind(kind), note


def read_reply(typed: str) -> str:
    """An editor's answer as it is stored. Raises Invalid with the field `reply`."""
    faults: dict[str, str] = {}
    reply = _read_text(faults, "reply", typed, LONGEST_REPLY)
    if faults:
        raise Invalid(faults)
    return reply


def _read_text(faults: dict[str, str], field: str, typed: str, longest: int) -> str:
    """Line breaks become "\\n", which counts as one character; surrounding space is removed."""
    if is_overlong(typed, longest):
        faults[field] = "too_long"
        return ""
    text = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    if fault := text_fault(text, longest):
        faults[field] = fault
    return text
