"""`backup`, `restore` and `backup-key` as an administrator types them, on both databases."""

import json
import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta

import pyrage
import pytest
from sqlalchemy.orm import Session

from app import create_app
from foundation import clock, migrating
from foundation.backups import health, postgresql, sqlite
from foundation.doctor import Severity
from foundation.settings import PROJECT_ROOT, Settings
from learning.services.award_keys import signed_by, signing_key, usable_key
from learning.services.card_tries import learner_of_card
from learning.services.cards import make_card
from tests.foundation.backups.conftest import NOW, add_area, areas, unpack
from tests.making import Make

SECRET = "khoá từ môi trường, dài hơn ba mươi hai chữ"
PICTURES = ["fish", "hen", "fish", "drum"]


@pytest.fixture
def command(own_engine, data_folder, now, monkeypatch):
    """Runs a command of an application with its own data folder and database; expects this exit code."""
    monkeypatch.setattr(clock, "now", lambda: now)

    def run(*words, expect=0, engine=own_engine, folder=data_folder, **settings):
        app = create_app(Settings(data_folder=folder, **settings), engine=engine)
        result = app.test_cli_runner().invoke(args=[str(word) for word in words])
        assert result.exit_code == expect, result.output
        return result.output

    return run


def test_a_database_without_tables_is_no_backup_and_pushes_none_out(command, databases, tmp_path):
    copies = tmp_path / "copies"
    copies.mkdir()
    command("backup", copies)
    before = sorted(file.name for file in copies.iterdir())

    reason = command(
        "backup", copies, "--keep", "1,0,0", expect=1, engine=databases("nowhere"), folder=tmp_path / "other"
    )

    assert "chưa có bảng nào" in reason
    assert "các bản sao lưu trước vẫn nguyên" in reason
    assert sorted(file.name for file in copies.iterdir()) == before


def test_a_lost_server_comes_back_with_its_cards_and_letters(command, own_engine, databases, tmp_path, identity):
    with Session(own_engine.execution_options(writing=True)) as session:
        learner = Make(session).learner()
        card = make_card(session, learner.id, PICTURES, key=SECRET, now=NOW)
        signature = signing_key(session, secret=SECRET, now=NOW).sign(b"a letter")
        session.commit()
        learner_id = learner.id
    (tmp_path / "copies").mkdir()
    (tmp_path / "khoa.txt").write_text(f"{identity}\n")
    written = command("backup", tmp_path / "copies", secret_key=SECRET, backup_recipient=str(identity.to_public()))
    assert "Đã đọc lại và kiểm tra" in written
    [file] = (tmp_path / "copies").glob("*.age")

    # Another machine, another database, and nothing of the environment before.
    fresh, folder = databases("fresh"), tmp_path / "elsewhere"
    reason = command("restore", file, "--identity", tmp_path / "khoa.txt", engine=fresh, folder=folder)

    assert "Khoá bí mật đã được đặt lại" in reason
    secret = Settings(data_folder=folder).signing_key()
    with Session(fresh) as session:
        assert learner_of_card(session, card, PICTURES, key=secret) == learner_id
        assert learner_of_card(session, card, ["drum", *PICTURES[1:]], key=secret) is None
        key = usable_key(session, secret=secret)
        assert key is not None
        assert signed_by(key.public, b"a letter", signature)
    assert migrating.is_clean(fresh)


def test_a_folder_keeps_by_the_rule_and_only_after_a_good_backup(command, tmp_path, monkeypatch):
    copies = tmp_path / "copies"
    copies.mkdir()
    for night in range(4):
        monkeypatch.setattr(clock, "now", lambda night=night: NOW + timedelta(days=night))
        reason = command("backup", copies, "--keep", "2,0,0")
    assert "Giữ 2 bản, bỏ 1 bản cũ." in reason
    assert "KHÔNG có khoá" in reason
    names = sorted(file.name for file in copies.glob("*.gz"))
    assert names == ["bdhvs-20261123T050000Z.tar.gz", "bdhvs-20261124T050000Z.tar.gz"]

    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=9))
    refused = command("backup", copies, "--recipient", "age1nonsense", expect=1, backup_keep="1,0,0")
    assert "không phải khoá công khai" in refused
    assert sorted(file.name for file in copies.glob("*.gz")) == names

    # What the manifest and the folder say is right for the tables of that moment.
    assert unpack(copies / names[-1])["manifest.json"]


def test_a_damaged_database_is_told_and_takes_no_good_backup_away(
    command, own_engine, data_folder, tmp_path, database_kind
):
    copies = tmp_path / "copies"
    copies.mkdir()
    with Session(own_engine.execution_options(writing=True)) as session:
        for number in range(10, 30):
            Make(session).province(code=f"{number}", name=f"Tỉnh {number}")
        session.commit()
    command("backup", copies)
    before = sorted(file.name for file in copies.iterdir())
    if database_kind == "sqlite":
        _break_pages(own_engine)
    else:
        _lose_rows_while_dumping(own_engine, tmp_path)
        return

    reason = command("backup", copies, "--keep", "1,0,0", expect=1)

    assert "CƠ SỞ DỮ LIỆU BỊ HỎNG" in reason
    assert "các bản sao lưu trước vẫn nguyên" in reason
    assert sorted(file.name for file in copies.iterdir()) == before

    # And it is that last good one which brings the server back, into the very place.
    command("restore", next(copies.glob("*.gz")), "--replace")
    assert len(areas(own_engine)) == 21


def _break_pages(engine):
    """Overwrite three leaf pages, as a failing disk does."""
    engine.dispose()
    file = sqlite.database_file(engine)
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = opened.execute("PRAGMA page_size").fetchone()[0]
        [root] = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = 'area'").fetchone()
    raw = bytearray(file.read_bytes())
    raw[(root - 1) * size : root * size] = b"\xa5" * size
    file.write_bytes(raw)


def _lose_rows_while_dumping(engine, tmp_path):
    """PostgreSQL notices damaged pages by itself; a dump cut off must be noticed by us."""
    file = tmp_path / "dump"
    postgresql.dump(engine, file, without_rows=[])
    file.write_bytes(file.read_bytes()[:-200])
    with pytest.raises(Exception, match="tool_failed"):
        postgresql.check(engine, file)


def test_a_database_whose_very_start_is_lost_is_restored_and_the_damaged_file_kept(
    command, own_engine, tmp_path, database_kind
):
    if database_kind != "sqlite":
        return  # PostgreSQL's files are its own
    command("backup", tmp_path / "b.tar.gz")
    own_engine.dispose()
    file = sqlite.database_file(own_engine)
    file.write_bytes(b"\0" * 4096 + b"not a database" + file.read_bytes()[5000:])

    assert "Cơ sở dữ liệu bị hỏng" in command("backup", tmp_path / "b2.tar.gz", expect=1)
    assert "đang có số liệu" in command("restore", tmp_path / "b.tar.gz", expect=1)
    command("restore", tmp_path / "b.tar.gz", "--replace")

    assert areas(own_engine) == ["Thanh Hoá"]
    assert b"not a database" in file.with_name(file.name + ".damaged").read_bytes()


def test_backups_of_the_first_format_are_restored(command, own_engine, own_settings, tmp_path, database_kind):
    file, tables = tmp_path / "2025.zip", tmp_path / "tables"
    dump = sqlite.dump if database_kind == "sqlite" else postgresql.dump
    dump(own_engine, tables, without_rows=[])
    says = {
        "format": 1,
        "database": database_kind,
        "revision": migrating.heads()[0],
        "made_at": "2026-11-20T12:00:00+00:00",
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("copy.json", json.dumps(says))
        archive.write(tables, {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}[database_kind])
        archive.writestr("folder/secret_key", "khoá cũ")
        archive.writestr("folder/sample_password", "mẫu cũ")
        archive.writestr("folder/../../outside.txt", "no")
    whole = file.read_bytes()
    add_area(own_engine, "40", "Nghệ An")

    refused = command("restore", file, expect=1)
    assert "đang có số liệu" in refused
    for spoiled in (whole[: len(whole) // 2], whole[:300] + bytes([whole[300] ^ 255]) + whole[301:]):
        file.write_bytes(spoiled)
        assert "Chưa thay đổi gì" in command("restore", file, "--replace", expect=1)
    assert areas(own_engine) == ["Nghệ An", "Thanh Hoá"]
    file.write_bytes(whole)
    reason = command("restore", file, "--replace")

    assert "19:00 20/11/2026" in reason
    assert areas(own_engine) == ["Thanh Hoá"]
    assert own_settings.signing_key() == "khoá cũ"
    assert not (tmp_path / "outside.txt").exists()


def test_restore_says_what_is_missing_and_what_that_means(command, own_engine, tmp_path, identity):
    command("backup", tmp_path / "plain.tar.gz", secret_key=SECRET, public_address="https://hoc.example.vn")
    command("backup", tmp_path / "b.age", secret_key=SECRET, backup_recipient=str(identity.to_public()))
    (tmp_path / "other.txt").write_text(str(pyrage.x25519.Identity.generate()))
    (tmp_path / "words.txt").write_text("không phải khoá")

    reason = command("restore", tmp_path / "plain.tar.gz", "--replace", folder=tmp_path / "elsewhere")
    assert "THIẾU KHOÁ" in reason
    assert "thẻ hình" in reason
    assert "PUBLIC_ADDRESS=https://hoc.example.vn" in reason
    for words, answer in (
        (["b.age"], "thêm --identity"),
        (["b.age", "--identity", tmp_path / "other.txt"], "mã hoá cho khoá khác"),
        (["b.age", "--identity", tmp_path / "words.txt"], "không phải tệp khoá riêng"),
        (["words.txt"], "không phải bản sao lưu"),
    ):
        reason = command("restore", tmp_path / words[0], *words[1:], "--replace", expect=1)
        assert answer in reason
        assert "Chưa thay đổi gì" in reason
    wrong = command("restore", tmp_path / "plain.tar.gz", "--replace", expect=1, secret_key="một khoá khác hẳn")
    assert "không phải khoá của bản sao lưu" in wrong


def test_a_pair_of_keys_is_made_once_and_works(command, tmp_path):
    reason = command("backup-key", tmp_path / "khoa.txt")
    recipient = reason.split("BACKUP_RECIPIENT=")[1].strip()

    assert (tmp_path / "khoa.txt").stat().st_mode & 0o077 == 0
    before = (tmp_path / "khoa.txt").read_text()
    assert "Đã có" in command("backup-key", tmp_path / "khoa.txt", expect=1)
    assert (tmp_path / "khoa.txt").read_text() == before
    command("backup", tmp_path / "b.age", backup_recipient=recipient)
    command("restore", tmp_path / "b.age", "--identity", tmp_path / "khoa.txt", "--replace")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["backup", "{}/no/such/file"], "Không có thư mục"),
        (["backup", "{}", "--keep", "many"], "ba số"),
        (["backup", "{}", "--recipient", "AGE-SECRET-KEY-1XYZ"], "khoá riêng không đặt ở đây"),
        (["backup-key", "{}/no/such/file"], "Không ghi được"),
    ],
)
def test_what_cannot_be_done_is_answered_in_a_sentence(command, tmp_path, words, answer):
    reason = command(*(word.format(tmp_path) for word in words), expect=1)
    assert answer in reason
    assert "Traceback" not in reason


def test_a_seal_that_cannot_be_read_stops_the_backup(command, tmp_path, identity):
    reason = command(
        "backup",
        tmp_path / "b.age",
        expect=1,
        backup_recipient=str(identity.to_public()),
        seal_file=tmp_path / "khong-co.p12",
    )
    assert "SEAL_FILE" in reason
    assert not (tmp_path / "b.age").exists()


def test_files_no_backup_takes_are_named(command, data_folder, tmp_path):
    (data_folder / "outlines.geojson").write_text("{}")

    assert "outlines.geojson" in command("backup", tmp_path / "b.tar.gz")
    (data_folder / "outlines.geojson").unlink()
    assert "tệp lạ" not in command("backup", data_folder / "b.tar.gz")


def test_the_doctor_tells_how_old_the_last_good_backup_is(
    command, own_engine, own_settings, tmp_path, now, monkeypatch
):
    app = create_app(own_settings, engine=own_engine)

    def found():
        return {finding.code: finding.severity for finding in health.check_backups(app)}

    assert found() == {"no_backup": Severity.WARNING}
    command("backup", tmp_path / "b.tar.gz")
    assert found() == {"backup_recent": Severity.INFO, "backup_without_keys": Severity.WARNING}
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=30))
    assert found()["backup_too_old"] is Severity.WARNING
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=4))
    assert found()["backup_too_old"] is Severity.FAULT
    assert health.check_backups in app.extensions["doctor_checks"]


def test_before_an_upgrade_an_older_database_is_backed_up_and_restored(command, own_engine, tmp_path, data_folder):
    [ours] = (PROJECT_ROOT / "migrations" / "versions").glob("*_backup_records.py")
    migrating.downgrade(own_engine, f"{int(ours.name[:4]) - 1:04}")

    command("backup", tmp_path / "b.tar.gz")
    command("restore", tmp_path / "b.tar.gz", "--replace")

    assert migrating.current(own_engine) == migrating.heads()[0]
    assert areas(own_engine) == ["Thanh Hoá"]
