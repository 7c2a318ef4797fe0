"""`learning keys`: the keys that sign letters of completion."""

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from foundation import clock
from foundation.accounts.services.audit import COMMAND_LINE, record
from foundation.clock import in_vietnam
from foundation.problems import NotFound
from learning import queries
from learning.domain.award_keys import PublishedKey
from learning.services.award_keys import new_key, retire_key, usable_key

commands = AppGroup("learning", help="Letters of completion.")


@commands.group("keys", cls=AppGroup)
def keys() -> None:
    """The keys that sign letters of completion."""


@keys.command("list")
def list_keys() -> None:
    """List all keys, newest first, and which one signs."""
    with _sessions() as session:
        signing = usable_key(session, secret=_secret())
        known = queries.award_keys(session)
        if not known:
            click.echo("Chưa có khoá nào. Khoá đầu tiên được làm khi có người lấy giấy, hoặc bằng `learning keys new`.")
        for key in known:
            made = in_vietnam(key.made_at).strftime("%d/%m/%Y %H:%M")
            click.echo(f"{key.id}  làm {made}  {_state(key.id, signing.id if signing else '', key)}")


@keys.command("new")
def add_key() -> None:
    """Make a key that signs from now on. Letters signed before stay valid."""
    now = clock.now()
    with _sessions() as session:
        key = new_key(session, secret=_secret(), now=now)
        record(session, COMMAND_LINE, "new_award_key", {"key": key.id}, now=now)
        session.commit()
    click.echo(f"Đã làm khoá {key.id}. Từ nay giấy được ký bằng khoá này; giấy cũ vẫn kiểm tra được.")


@keys.command("retire")
@click.argument("key_id", metavar="KEY")
@click.option("--distrust", is_flag=True, help="Somebody else may have it: what it signed proves nothing any more.")
def retire(key_id: str, distrust: bool) -> None:
    """Stop KEY from signing. Again: nothing changes."""
    now = clock.now()
    with _sessions() as session:
        try:
            retire_key(session, key_id, distrust=distrust, now=now)
        except NotFound:
            raise click.ClickException(f"không có khoá {key_id}") from None
        record(session, COMMAND_LINE, "retire_award_key", {"key": key_id, "distrust": distrust}, now=now)
        session.commit()
    if distrust:
        click.echo(f"Khoá {key_id} không còn được tin. Ai có giấy ký bằng khoá này cần tải lại giấy.")
    else:
        click.echo(f"Khoá {key_id} thôi ký. Giấy đã ký bằng khoá này vẫn kiểm tra được.")


def _state(id_: str, signing: str, key: PublishedKey) -> str:
    if key.distrusted:
        return "không còn được tin"
    if key.retired_at is not None:
        return "đã thôi ký, vẫn dùng để kiểm tra"
    return "đang ký" if id_ == signing else "không ký, vẫn dùng để kiểm tra"


def _sessions() -> Session:
    session: Session = current_app.extensions["sessions"]()
    return session


def _secret() -> str:
    secret: str = current_app.extensions["settings"].signing_key()
    return secret
