"""`flask --app app backup FILE|FOLDER`, `restore FILE` and `backup-key FILE`."""

import os
from pathlib import Path

import click
import pyrage
from flask import current_app
from flask.cli import with_appcontext

from foundation import clock
from foundation.backups.archives import Recipient, read_identities, read_recipients
from foundation.backups.create import Backup, backup_name, create_backup
from foundation.backups.folder import apply_retention
from foundation.backups.restore import Restored, restore_backup
from foundation.backups.retention import RetentionRule, parse_retention_rule
from foundation.migrating import upgrade
from foundation.problems import Conflict, Invalid, Problem
from foundation.settings import Settings

_REFUSED = {
    "not_a_backup": "không phải bản sao lưu của nền tảng này.",
    "damaged": "bị hỏng: chép chưa trọn, hoặc đã bị đổi sau khi làm ra. Hãy lấy bản khác ở nơi cất giữ.",
    "newer_than_us": "do bản mới hơn của nền tảng làm ra. Hãy cập nhật nền tảng rồi khôi phục.",
    "another_database": "được làm từ loại cơ sở dữ liệu khác (SQLite hoặc PostgreSQL) với máy này. Hãy khôi phục vào "
    "đúng loại ấy; muốn chuyển từ SQLite sang PostgreSQL thì sau đó dùng lệnh database copy-to.",
    "needs_identity": "đã được mã hoá. Hãy thêm --identity và tệp khoá riêng đã tạo cùng khoá người nhận.",
    "another_recipient": "được mã hoá cho khoá khác, tệp khoá riêng này không mở được. Hãy tìm đúng tệp khoá.",
}
WITHOUT_KEYS = (
    "Bản này KHÔNG có khoá bí mật, vì chưa đặt BACKUP_RECIPIENT. Mất máy chủ mà không giữ riêng SECRET_KEY thì "
    "thẻ hình, khoá ký giấy xác nhận và mọi phiên đăng nhập không dùng lại được."
)
KEY_MISSING = (
    "THIẾU KHOÁ: bản sao lưu này được làm dưới một SECRET_KEY khác, và không kèm khoá ấy. Khi chưa có khoá cũ: thẻ "
    "hình của người học không mở được, giấy xác nhận mới ký bằng khoá khác, mọi người phải đăng nhập lại. Nếu còn giữ "
    "khoá cũ, hãy đặt vào SECRET_KEY trước khi chạy máy chủ."
)


@click.command("backup")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--recipient", "recipients", multiple=True, help="Public key to encrypt for; else BACKUP_RECIPIENT.")
@click.option("--keep", help="For a folder: how many daily, weekly, monthly ones to keep; else BACKUP_KEEP.")
@with_appcontext
def backup(target: Path, recipients: tuple[str, ...], keep: str | None) -> None:
    """Make a backup while the platform goes on serving.

    TARGET: a file, or a folder. In a folder the backup is named by its moment, and older ones go by the rule of
    keeping, only after the new one was found good.
    """
    settings: Settings = current_app.extensions["settings"]
    try:
        rule = parse_retention_rule(settings.backup_keep if keep is None else keep)
    except ValueError:
        raise click.ClickException(
            "--keep là ba số: bao nhiêu bản ngày, tuần, tháng, ví dụ 7,4,12. Chưa ghi gì."
        ) from None
    public_keys = _recipients("\n".join(recipients) or settings.backup_recipient)
    now = clock.now()
    file = target / backup_name(now, encrypted=bool(public_keys)) if target.is_dir() else target
    if not file.parent.is_dir() or not os.access(file.parent, os.W_OK):
        raise click.ClickException(f"Không có thư mục {file.parent}, hoặc không được ghi vào đó. Chưa ghi gì.")
    try:
        made = create_backup(current_app.extensions["engine"], settings, file, public_keys, now=now)
    except Problem as problem:
        raise click.ClickException(f"{_why(problem)} Chưa ghi gì, các bản sao lưu trước vẫn nguyên.") from None
    _tell(made)
    if target.is_dir():
        _keep_by_rule(target, rule)


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--identity", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="File of the private key."
)
@click.option("--replace", is_flag=True, help="Also where there are tables already: what they hold is lost.")
@click.option("--other-key", is_flag=True, help="Also where SECRET_KEY is set to another key than the backup's.")
@with_appcontext
def restore(file: Path, identity: Path | None, replace: bool, other_key: bool) -> None:
    """Restore a backup made by `backup`, of this version or an older one. Stop the servers first."""
    settings: Settings = current_app.extensions["settings"]
    engine = current_app.extensions["engine"]
    try:
        identities = read_identities(identity) if identity else []
        restored = restore_backup(
            engine, settings, file, identities, now=clock.now(), replace=replace, other_key=other_key
        )
    except Invalid as problem:
        if "identity" in problem.fields:
            raise click.ClickException(f"{identity} không phải tệp khoá riêng. Chưa thay đổi gì.") from None
        raise click.ClickException(f"{file} {_REFUSED[problem.fields['file']]} Chưa thay đổi gì.") from None
    except Conflict as problem:
        raise click.ClickException(_conflict(problem.code)) from None
    except Problem as problem:
        raise click.ClickException(f"{_why(problem)} Chưa thay đổi gì.") from None
    upgrade(engine)
    click.echo(f"Đã khôi phục bản sao lưu lúc {clock.in_vietnam(restored.made_at):%H:%M %d/%m/%Y} (giờ Việt Nam).")
    for line in _missing(restored):
        click.echo(line)
    click.echo("Khởi động lại máy chủ để dùng.")


@click.command("backup-key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_key(file: Path) -> None:
    """Make a pair of keys for backups: the private one into FILE, the public one on screen. As age-keygen does."""
    identity = pyrage.x25519.Identity.generate()
    try:
        # "x": never over a key that opens backups already made.
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"Đã có {file}. Chưa ghi gì: bản sao lưu cũ cần tệp ấy để mở.") from None
    except OSError as error:
        raise click.ClickException(f"Không ghi được {file}: {error.strerror}.") from None
    with os.fdopen(opened, "w", encoding="utf-8") as out:
        out.write(f"# public key: {identity.to_public()}\n{identity}\n")
    click.echo(f"Khoá riêng nằm ở {file}: chuyển sang nơi kín ngoài máy chủ. Mất tệp này là không mở được bản sao lưu.")
    click.echo(f"BACKUP_RECIPIENT={identity.to_public()}")


def _recipients(text: str) -> list[Recipient]:
    try:
        return read_recipients(text)
    except ValueError as error:
        raise click.ClickException(
            f"“{error}” không phải khoá công khai. Cần khoá age1…, ssh-ed25519 … hoặc ssh-rsa …; khoá riêng không đặt "
            "ở đây. Chưa ghi gì, các bản sao lưu trước vẫn nguyên."
        ) from None


def _tell(made: Backup) -> None:
    tables = f"{len(made.manifest.tables)} bảng, {sum(made.manifest.tables.values())} dòng"
    click.echo(
        f"Đã sao lưu vào {made.file} ({made.part.size / 1e6:.1f} MB, {tables}). Đã đọc lại và kiểm tra: nguyên vẹn."
    )
    if made.manifest.keys_included:
        click.echo("Bản này có đủ khoá, đã mã hoá: chỉ tệp khoá riêng của người nhận mới mở được. Cất thêm ở máy khác.")
    else:
        click.echo(WITHOUT_KEYS)
        click.echo("Bản này chứa số liệu của bà con và không mã hoá: cất ở nơi kín, trên máy khác.")
    if made.unknown_files:
        click.echo(f"Trong thư mục dữ liệu có tệp lạ, không được sao lưu: {', '.join(made.unknown_files)}.")


def _keep_by_rule(folder: Path, rule: RetentionRule) -> None:
    try:
        result = apply_retention(folder, rule)
    except OSError as error:
        raise click.ClickException(
            f"Bản mới đã xong, nhưng chưa dọn được bản cũ trong {folder}: {error.strerror}."
        ) from None
    click.echo(f"Giữ {result.retained} bản, bỏ {len(result.removed)} bản cũ.")
    if result.damaged:
        click.echo(
            f"HỎNG, không tính và không xoá: {', '.join(result.damaged)}. Kiểm tra ổ đĩa và xem lại các bản này."
        )


def _conflict(code: str) -> str:
    if code == "another_key":
        return (
            "SECRET_KEY đang đặt ở máy này không phải khoá của bản sao lưu: thẻ hình và khoá ký giấy sẽ không dùng "
            "được. Hãy bỏ SECRET_KEY (hoặc đặt đúng khoá cũ) rồi chạy lại; chắc chắn muốn dùng khoá khác thì thêm "
            "--other-key. Chưa thay đổi gì."
        )
    return (
        "Cơ sở dữ liệu này đang có số liệu. Chưa thay đổi gì. "
        "Muốn bỏ số liệu đang có, hãy sao lưu trước, rồi chạy lại với --replace."
    )


def _missing(restored: Restored) -> list[str]:
    lines = []
    if restored.key == "restored":
        lines.append("Khoá bí mật đã được đặt lại: thẻ hình, giấy xác nhận và phiên đăng nhập dùng tiếp được.")
    elif restored.key in {"missing", "unknown"}:
        lines.append(KEY_MISSING)
    if restored.seal == "restored":
        lines.append(
            f"Con dấu điện tử nằm ở {restored.seal_file}: đặt SEAL_FILE={restored.seal_file} và "
            f"SEAL_PASSWORD_FILE={restored.seal_file.with_name('seal_password')}."
        )
    elif restored.seal == "missing":
        lines.append(
            "THIẾU CON DẤU: máy cũ có SEAL_FILE, bản này không kèm. Giấy tải về sẽ không có dấu cho đến khi đặt lại."
        )
    for name, value in restored.settings.items():
        lines.append(f"Máy cũ đặt {name}={value or '(trống)'}; máy này đang khác. Hãy xem lại trước khi chạy.")
    return lines


def _why(problem: Problem) -> str:
    reason = str(problem.details.get("reason", ""))
    sentences = {
        "empty_database": "Cơ sở dữ liệu này chưa có bảng nào, nên không có gì để sao lưu. Xem DATABASE_URL và "
        "DATA_FOLDER có đúng là của máy chủ không; máy chủ cài theo docs/deploy.md thì gõ: bdhvs backup.",
        "no_such_tool": f"Máy này chưa có {problem.details.get('tool')} (gói postgresql-client của Debian).",
        "tool_failed": f"{problem.details.get('tool')} báo lỗi: {reason}",
        "disk_full": "Ổ đĩa đã đầy. Cần chỗ trống gấp ba cơ sở dữ liệu trong DATA_FOLDER.",
        "not_readable": f"Không đọc được tệp con dấu {problem.details.get('file')} (SEAL_FILE).",
        "not_written": f"Không ghi được bản sao lưu, hoặc đọc lại thấy khác: {reason}.",
    }
    if problem.code == "damaged_database":
        lines = "; ".join(str(line) for line in problem.details["lines"])  # type: ignore[attr-defined]
        return (
            f"CƠ SỞ DỮ LIỆU BỊ HỎNG, nên không làm bản sao lưu: {lines}. Hãy dừng máy chủ, giữ nguyên tệp, và khôi "
            "phục từ bản sao lưu tốt gần nhất."
        )
    return sentences[problem.code]
