"""Tables of accounts: people, the roles they hold, failed sign-ins, consents and the audit log."""

from datetime import date, datetime

from sqlalchemy import DDL, JSON, Connection, Enum, ForeignKey, Index, String, event, text
from sqlalchemy.orm import Mapped, Mapper, mapped_column, relationship

from foundation.accounts.domain.roles import Holding, Role
from foundation.database import Base, UtcDateTime, bytewise


class Person(Base):
    """Somebody who signs in. Never deleted, only deactivated: visits and teams keep pointing at who did the work."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    # As fold_name gives it, so that the key itself refuses a second spelling.
    name: Mapped[str] = mapped_column(bytewise(40), unique=True)
    display_name: Mapped[str] = mapped_column(String(100))
    password_hash: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Read by the version before only, which runs beside this one while a deployment is renewed.
    session_version: Mapped[int] = mapped_column(default=1)

    holdings: Mapped[list["RoleHolding"]] = relationship(
        back_populates="person", order_by="RoleHolding.id", lazy="selectin", cascade="all, delete-orphan"
    )


class RoleHolding(Base):
    """A role one person holds in one area, first and last day in Việt Nam included. Ended, never deleted."""

    __tablename__ = "role_holding"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[Role] = mapped_column(
        Enum(Role, native_enum=False, length=20, values_callable=lambda roles: [role.value for role in roles])
    )
    # A path and no foreign key: the empty path, the whole nation, is no row of the area table.
    area_path: Mapped[str] = mapped_column(bytewise(60), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="holdings")

    def as_holding(self) -> Holding:
        return Holding(self.role, self.area_path, self.valid_from, self.valid_to)


class PersonSession(Base):
    """One browser or phone somebody signed in on. Its cookie holds the token that `id_hash` is the SHA-256 of."""

    __tablename__ = "person_session"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Coarse, so that no request writes: foundation/accounts/services/sessions.py.
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInFailure(Base):
    """Failed sign-ins as the version before counts them. Empty; goes with the next version: docs/throttling.md."""

    __tablename__ = "sign_in_failure"
    __table_args__ = (Index(None, "name_digest", "at"), Index(None, "address", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    # A digest: people type their password into the wrong field.
    name_digest: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ConsentRecord(Base):
    """What somebody agreed to, in which words and how, and when they took it back.

    subject: whom or what it is about, such as "household:7c0e…"; no name. purpose: a code, such as "cell".
    how: a code, such as "spoken" or "written". recorded_by: name of the account that asked; "" if nobody stood between.
    """

    __tablename__ = "consent"
    __table_args__ = (Index(None, "subject", "purpose"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    purpose: Mapped[str] = mapped_column(String(40))
    text_version: Mapped[str] = mapped_column(String(20))
    how: Mapped[str] = mapped_column(String(20))
    recorded_by: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditEntry(Base):
    """Something done that must stay known. Written once; the mapper and the database refuse to change it.

    who: the account's name as text, so that the entry outlives the account; "" for nobody signed in.
    what: plain values that say to whom or what it was done; never a password, never a resident's data.
    area_path: where it belongs, so that it is shown to those who answer for that area; "" is the whole nation.
    """

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[str] = mapped_column(String(40), index=True)
    act: Mapped[str] = mapped_column(String(40), index=True)
    what: Mapped[dict[str, object]] = mapped_column(JSON)
    area_path: Mapped[str] = mapped_column(bytewise(60), index=True, server_default=text("''"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AppendOnlyError(Exception):
    """A bug tried to change or delete an audit entry."""


@event.listens_for(AuditEntry, "before_update")
@event.listens_for(AuditEntry, "before_delete")
def _refuse(_mapper: Mapper[AuditEntry], _connection: Connection, _entry: AuditEntry) -> None:
    raise AppendOnlyError("audit entries are written once")


# The database enforces the same for every client. migrations/versions/0002_accounts.py creates the same triggers.
_SQLITE_REFUSES = [
    f"CREATE TRIGGER audit_entry_no_{verb.lower()} BEFORE {verb} ON audit_entry "
    "BEGIN SELECT RAISE(ABORT, 'audit_entry is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
_POSTGRESQL_REFUSES = [
    "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'audit_entry is append-only'; END $$",
    "CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()",
]
for dialect, statements in (("sqlite", _SQLITE_REFUSES), ("postgresql", _POSTGRESQL_REFUSES)):
    for statement in statements:
        event.listen(AuditEntry.__table__, "after_create", DDL(statement).execute_if(dialect=dialect))
