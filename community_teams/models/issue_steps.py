"""The steps of issues. Append-only: a mistake is corrected by another step."""

from datetime import date, datetime

from sqlalchemy import Connection, ForeignKey, String, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from community_teams.domain.codes import IssueLevel, IssueStatus
from community_teams.models.columns import code
from foundation.accounts.models import AppendOnlyError
from foundation.database import Base, UtcDateTime


class IssueStep(Base):
    """The state of an issue from a moment on, and who recorded it. The issue's own row has that of the latest step.

    owner: who has taken it on, "" for nobody; due: day in Việt Nam. note: about this step.
    """

    __tablename__ = "issue_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    status: Mapped[IssueStatus] = mapped_column(code(IssueStatus))
    level: Mapped[IssueLevel | None] = mapped_column(code(IssueLevel))
    owner: Mapped[str] = mapped_column(String(80), default="")
    due: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(500), default="")


@event.listens_for(IssueStep, "before_update")
@event.listens_for(IssueStep, "before_delete")
def _refuse(_mapper: Mapper[IssueStep], _connection: Connection, _step: IssueStep) -> None:
    raise AppendOnlyError("steps of issues are written once")
