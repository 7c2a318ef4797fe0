"""Writing the audit log."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.models import AuditEntry

# Who did it, when it was typed on the server itself.
COMMAND_LINE = "command-line"


def record(
    session: Session, who: str, act: str, what: Mapping[str, object], *, now: datetime, area_path: str = ""
) -> AuditEntry:
    """Write one entry of the audit log, in the same transaction as what it tells of.

    who: a sign-in name, or COMMAND_LINE. act: a code such as "export_figures"; Vietnamese in `accounts/words.html`.
    what: plain JSON values that tell to whom or what, never a password or a resident's data.
    area_path: those who may see the log of this area will see the entry; "" is the whole nation.
    """
    entry = AuditEntry(who=who, act=act, what=dict(what), at=now, area_path=area_path)
    session.add(entry)
    session.flush()
    return entry
