"""`flask --app app teams move-household | merge-household | take-out-household | merge-hamlet`: corrects lists."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import click

from community_teams.command_group import commands
from community_teams.list_changes.domain import read_mark
from community_teams.list_changes.services.hamlet_moves import merge_hamlet
from community_teams.list_changes.services.household_merges import merge_household, take_out_household
from community_teams.list_changes.services.household_moves import move_household
from community_teams.queries.household_codes import by_code, merged_by_code
from foundation import clock
from foundation.accounts.services.audit import COMMAND_LINE
from foundation.areas.domain.scope import NATION
from foundation.problems import Conflict, Invalid, NotFound
from foundation.web.database import session, transaction

REFUSED = {
    "no_such_hamlet": "không có thôn, bản nào mang mã {to}",
    "short_code_taken": "thôn, bản {to} đã có hộ mang mã {code}",
    "sample_hamlet": "không chuyển hộ thật vào thôn, bản mẫu, hoặc ngược lại",
    "same_hamlet": "hai mã này là một thôn, bản",
    "another_commune": "{to} thuộc xã khác",
    "short_codes_taken": "hai nơi cùng có hộ mang mã {short_codes}; xin thêm --mark CHỮ để đặt trước các mã trùng",
    "same_household": "hai mã này là một hộ",
    "already_merged": "hộ {to} đã được gộp vào hộ khác",
    "merged_elsewhere": "hộ {code} đã được gộp vào hộ {short_code} từ trước",
    "not_merged": "hộ {code} không gộp vào hộ nào",
}


@commands.command("move-household")
@click.argument("hamlet")
@click.argument("code")
@click.argument("to")
def move(hamlet: str, code: str, to: str) -> None:
    """Put household CODE of HAMLET on the list of the hamlet with the code TO. Adds an entry to the audit log.

    Its visits stay where they were made. Phones of the old hamlet drop it, those of the new one get it.
    """
    household = _id(hamlet, code)
    with _explain_refusals(code=code, to=to), transaction() as writing:
        move_household(writing, household, to, by=COMMAND_LINE, scope=NATION, now=clock.now())
    click.echo(f"Hộ {code} nay thuộc {to}.")


@commands.command("merge-household")
@click.argument("hamlet")
@click.argument("code")
@click.argument("into")
def merge(hamlet: str, code: str, into: str) -> None:
    """Merge household CODE of HAMLET into household INTO, which stays. Adds an entry to the audit log.

    All visits to CODE count for INTO from now on, also those that phones send later. take-out-household undoes it.
    """
    merged = merged_by_code(session(), NATION, hamlet, code)
    household, stays = merged.id if merged else _id(hamlet, code), _id(hamlet, into)
    with _explain_refusals(code=code, to=into), transaction() as writing:
        merge_household(writing, household, stays, by=COMMAND_LINE, scope=NATION, now=clock.now())
    click.echo(f"Hộ {code} đã gộp vào hộ {into}. Mọi lượt thăm của hộ {code} nay tính cho hộ {into}.")


@commands.command("take-out-household")
@click.argument("hamlet")
@click.argument("code")
def take_out(hamlet: str, code: str) -> None:
    """Undo merge-household: CODE of HAMLET is on the list again with its own visits. Adds an entry to the audit log."""
    merged = merged_by_code(session(), NATION, hamlet, code)
    household = merged.id if merged else _id(hamlet, code)
    with _explain_refusals(code=code), transaction() as writing:
        take_out_household(writing, household, by=COMMAND_LINE, scope=NATION, now=clock.now())
    click.echo(f"Hộ {code} đã tách ra, có lại các lượt thăm của mình.")


@commands.command("merge-hamlet")
@click.argument("hamlet")
@click.argument("into")
@click.option("--mark", default="", help="Put before the codes of HAMLET that INTO has too, such as TR.")
def merge_whole(hamlet: str, into: str, mark: str) -> None:
    """End HAMLET today and put its households, visits, issues and team into the hamlet INTO of the same commune.

    The sums of the commune do not change, in any week. Adds an entry to the audit log.
    """
    try:
        marked = read_mark(mark)
    except Invalid:
        raise click.ClickException("--mark chỉ gồm chữ và số, nhiều nhất 8 ký tự. Chưa đổi gì.") from None
    with _explain_refusals(to=into), transaction() as writing:
        merge_hamlet(writing, hamlet, into, mark=marked, by=COMMAND_LINE, scope=NATION, now=clock.now())
    click.echo(f"{hamlet} nay thuộc {into}.")


def _id(hamlet: str, code: str) -> UUID:
    found = by_code(session(), NATION, hamlet, code)
    if len(found) != 1:
        raise click.ClickException(f"{hamlet} không có hộ nào mang mã {code}, hoặc có nhiều hộ. Xin gõ đủ mã.")
    return found[0].id


@contextmanager
def _explain_refusals(**values: str) -> Iterator[None]:
    try:
        yield
    except (Conflict, NotFound) as problem:
        details = values | {name: str(value) for name, value in problem.details.items()}
        raise click.ClickException(f"{REFUSED[problem.code].format(**details)}. Chưa đổi gì.") from None
