"""Visits, the people they were about, and the issues they found. Append-only: another visit corrects a mistake."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Boolean, Date, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column, relationship

from community_teams.domain.codes import (
    AgeBand,
    ConsentHow,
    ConsentLevel,
    InputType,
    IssueLevel,
    IssueStatus,
    IssueType,
    Outcome,
    Power,
    Sex,
    VisitType,
    VneidLevel,
)
from community_teams.domain.questions import Kind, VisitQuestion
from community_teams.domain.visits import QUESTIONS
from community_teams.models.columns import code
from foundation.database import Base, UtcDateTime

# An unanswered question is SQL NULL, which neither 0 nor "no" nor an empty list can be taken for.
ANSWER = JSON(none_as_null=True)


class Visit(Base):
    """One visit to one household by one member. Fields and bounds: domain/visits.py.

    household_id: None where the family did not agree to have its code recorded; the hamlet is always known.
    visited_on: the day in Việt Nam by the server's clock, by which it is counted.
    clock_offset: seconds the phone's clock was ahead of ours when it sent the visit; None when unknown.
    supersedes: the visit this one corrects; that one stays stored but no longer counts.
    """

    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_hamlet_code_visited_on", "hamlet_code", "visited_on"),
        Index("ix_visit_member_id_visited_on", "member_id", "visited_on"),
    )

    # Made on the phone or with the form, so that sending a visit twice stores it once.
    id: Mapped[UUID] = mapped_column(primary_key=True)
    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"))
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("household.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    device: Mapped[UUID | None]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clock_offset: Mapped[int | None]
    visited_on: Mapped[date]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[Outcome] = mapped_column(code(Outcome))
    reason: Mapped[str | None] = mapped_column(String(200))
    consent_level: Mapped[ConsentLevel | None] = mapped_column(code(ConsentLevel))
    consent_text_version: Mapped[str | None] = mapped_column(String(20))
    consent_how: Mapped[ConsentHow | None] = mapped_column(code(ConsentHow))
    language_used: Mapped[list[str] | None] = mapped_column(ANSWER)
    form_version: Mapped[int]
    app_version: Mapped[str | None] = mapped_column(String(20))
    input_type: Mapped[InputType] = mapped_column(code(InputType))
    visit_type: Mapped[VisitType | None] = mapped_column(code(VisitType))

    adults: Mapped[int | None]
    aged_60plus: Mapped[int | None]
    children_under_6: Mapped[int | None]
    children_6_13: Mapped[int | None]
    newborn_pending: Mapped[bool | None]
    needs_support: Mapped[dict[str, int] | None] = mapped_column(ANSWER)
    phones_smart: Mapped[int | None]
    phones_basic: Mapped[int | None]
    phones_shared: Mapped[bool | None]
    phone_problems: Mapped[list[str] | None] = mapped_column(ANSWER)
    network: Mapped[dict[str, str] | None] = mapped_column(ANSWER)
    fixed_internet: Mapped[bool | None]
    wifi: Mapped[bool | None]
    power: Mapped[Power | None] = mapped_column(code(Power))

    support_given: Mapped[list[str] | None] = mapped_column(ANSWER)
    trip_saved_km: Mapped[int | None]
    satisfaction: Mapped[int | None]
    next_visit_on: Mapped[date | None]
    next_goal: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500), default="")

    # Made by domain/visit_summary.py, so that counting does not have to read the people.
    summary_counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    content_hash: Mapped[str] = mapped_column(String(64))
    # A visit is corrected at most once; a second correction corrects the first.
    supersedes: Mapped[UUID | None] = mapped_column(ForeignKey("visit.id"), unique=True)

    people: Mapped[list["VisitPerson"]] = relationship(order_by="VisitPerson.position", cascade="all, delete-orphan")
    issues: Mapped[list["Issue"]] = relationship(order_by="Issue.id", cascade="all, delete-orphan")


def _answer_column(question: VisitQuestion) -> MappedColumn[Any]:
    """The column of a question that has none written out above: it is known from the table of questions alone."""
    types: dict[Kind, Any] = {
        Kind.YES_NO: Boolean,
        Kind.COUNT: Integer,
        Kind.ONE: Integer if question.is_number or question.kind is not Kind.ONE else code(question.type),
        Kind.TEXT: String(question.longest),
        Kind.DAY: Date,
    }
    return mapped_column(types.get(question.kind, ANSWER), nullable=True)


for _question in QUESTIONS:
    if _question.column not in Visit.__table__.c:
        setattr(Visit, _question.column, _answer_column(_question))


class VisitPerson(Base):
    """One person the visit was about: "Ông/bà 1", never a name.

    skills: {skill code: 0 not yet | 1 with help | 2 alone}; a skill left out was not asked.
    """

    __tablename__ = "visit_person"

    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    age_band: Mapped[AgeBand | None] = mapped_column(code(AgeBand))
    sex: Mapped[Sex | None] = mapped_column(code(Sex))
    vneid_level: Mapped[VneidLevel | None] = mapped_column(code(VneidLevel))
    documents: Mapped[list[str] | None] = mapped_column(ANSWER)
    skills: Mapped[dict[str, int] | None] = mapped_column(ANSWER)
    helped_with: Mapped[list[str] | None] = mapped_column(ANSWER)
    lessons: Mapped[list[str] | None] = mapped_column(ANSWER)


class Issue(Base):
    """A problem that the family cannot solve alone. It is open until the resident confirms that it is settled."""

    __tablename__ = "issue"

    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[UUID] = mapped_column(ForeignKey("visit.id"), index=True)
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("household.id"), index=True)
    hamlet_code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    type: Mapped[IssueType] = mapped_column(code(IssueType))
    level: Mapped[IssueLevel | None] = mapped_column(code(IssueLevel))
    status: Mapped[IssueStatus] = mapped_column(code(IssueStatus), default=IssueStatus.NEW)
    due: Mapped[date | None]
    beyond_authority: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str] = mapped_column(String(500), default="")
    opened_on: Mapped[date]
    # The day it was settled, in Việt Nam; None while it is open.
    closed_on: Mapped[date | None]
