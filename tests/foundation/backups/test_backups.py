"""Making and restoring backups, on both databases."""

import io
import json
import resource
import tarfile
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from foundation import migrating
from foundation.backups import create, postgresql
from foundation.backups.archives import read_identities
from foundation.backups.create import create_backup
from foundation.backups.manifest import fingerprint
from foundation.backups.models import BackupRecord
from foundation.backups.restore import restore_backup
from foundation.database import tables_without_backup
from foundation.problems import Conflict, Invalid, Problem
from foundation.settings import Settings
from tests.foundation.backups.conftest import NOW, add_area, areas, unpack


@pytest.fixture
def plain(own_engine, own_settings, tmp_path) -> Path:
    return create_backup(own_engine, own_settings, tmp_path / "plain.tar.gz", [], now=NOW).file


@pytest.fixture
def encrypted(own_engine, own_settings, tmp_path, identity) -> Path:
    return create_backup(own_engine, own_settings, tmp_path / "b.age", [identity.to_public()], now=NOW).file


def test_what_was_backed_up_is_restored_keys_included(own_engine, own_settings, data_folder, encrypted, identity):
    add_area(own_engine, "40", "Nghệ An")
    (data_folder / "secret_key").write_text("another")

    restored = restore_backup(own_engine, own_settings, encrypted, [identity], now=NOW, replace=True)

    assert (restored.key, restored.made_at) == ("restored", NOW)
    assert areas(own_engine) == ["Thanh Hoá"]
    assert (data_folder / "secret_key").read_text() == "khoá trong thư mục dữ liệu"
    assert (data_folder / "secret_key").stat().st_mode & 0o077 == 0
    assert migrating.current(own_engine) == migrating.heads()[0]
    assert [file.name for file in data_folder.iterdir() if file.name.startswith(".backup-")] == []


def test_keys_come_from_wherever_the_settings_have_them(own_engine, data_folder, tmp_path, identity):
    (tmp_path / "elsewhere.p12").write_bytes(b"con dau")
    settings = Settings(
        data_folder=data_folder,
        secret_key="khoá từ môi trường, dài hơn ba mươi hai chữ",
        seal_file=tmp_path / "elsewhere.p12",
        seal_password="mật khẩu dấu",
    )
    made = create_backup(own_engine, settings, tmp_path / "b.age", [identity.to_public()], now=NOW)

    parts = unpack(made.file, [identity])
    assert parts["keys/secret_key"].decode() == settings.secret_key
    assert parts["keys/seal.p12"] == b"con dau"
    assert parts["keys/seal_password"].decode() == "mật khẩu dấu"
    assert "mẫu".encode() not in b"".join(parts.values())

    fresh = tmp_path / "fresh"
    fresh.mkdir()
    restored = restore_backup(own_engine, Settings(data_folder=fresh), made.file, [identity], now=NOW, replace=True)
    assert Settings(data_folder=fresh).signing_key() == settings.secret_key
    assert (restored.key, restored.seal) == ("restored", "restored")
    assert (fresh / "seal.p12").read_bytes() == b"con dau"
    assert (fresh / "seal_password").read_text() == "mật khẩu dấu"


def test_without_a_recipient_no_key_and_no_password_is_in_the_backup(own_engine, data_folder, tmp_path):
    (tmp_path / "elsewhere.p12").write_bytes(b"con dau")
    settings = Settings(
        data_folder=data_folder, secret_key="k" * 40, seal_file=tmp_path / "elsewhere.p12", seal_password="m" * 30
    )
    made = create_backup(own_engine, settings, tmp_path / "plain.tar.gz", [], now=NOW)

    parts = unpack(made.file)
    everything = b"".join(parts.values())
    assert sorted(parts)[1:] == ["manifest.json"]
    assert sorted(parts)[0].startswith("database.")
    for secret in (b"k" * 40, b"con dau", b"m" * 30, "mẫu".encode()):
        assert secret not in everything
    assert not made.manifest.keys_included
    assert json.loads(parts["manifest.json"])["secret_fingerprint"] == fingerprint("k" * 40)


def test_a_restore_without_keys_says_what_is_missing(plain, own_engine, tmp_path, own_settings, data_folder):
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "secret_key").write_text("made at first start")

    missing = restore_backup(own_engine, Settings(data_folder=fresh), plain, now=NOW, replace=True)
    same = restore_backup(own_engine, own_settings, plain, now=NOW, replace=True)

    assert missing.key == "missing"
    assert missing.settings == {"PUBLIC_ADDRESS": "https://hoc.example.vn"}
    assert (same.key, same.settings) == ("same", {})


@pytest.mark.parametrize("with_keys", [True, False])
def test_a_secret_key_that_is_set_and_not_the_backups_is_refused(
    own_engine, plain, encrypted, identity, data_folder, with_keys
):
    file = encrypted if with_keys else plain
    elsewhere = Settings(data_folder=data_folder, secret_key="một khoá khác hẳn, dài hơn ba mươi hai chữ")
    add_area(own_engine, "40", "Nghệ An")

    with pytest.raises(Conflict, match="another_key"):
        restore_backup(own_engine, elsewhere, file, [identity], now=NOW, replace=True)
    assert areas(own_engine) == ["Nghệ An", "Thanh Hoá"]

    assert (
        restore_backup(own_engine, elsewhere, file, [identity], now=NOW, replace=True, other_key=True).key == "missing"
    )
    assert areas(own_engine) == ["Thanh Hoá"]
    # What an administrator keeps out of the disk stays out of it.
    assert (data_folder / "secret_key").read_text() == "khoá trong thư mục dữ liệu"


def test_nobody_else_can_open_an_encrypted_backup(own_engine, own_settings, encrypted, plain):
    for identities, code in (([], "needs_identity"), ([pyrage.x25519.Identity.generate()], "another_recipient")):
        with pytest.raises(Invalid) as refused:
            restore_backup(own_engine, own_settings, encrypted, identities, now=NOW, replace=True)
        assert refused.value.fields == {"file": code}
    for file in (encrypted, plain):
        assert file.stat().st_mode & 0o077 == 0


def test_several_recipients_each_open_it(own_engine, own_settings, tmp_path):
    pair = [pyrage.x25519.Identity.generate() for _ in range(2)]
    file = create_backup(own_engine, own_settings, tmp_path / "b.age", [one.to_public() for one in pair], now=NOW).file

    assert unpack(file, pair[:1]) == unpack(file, pair[1:])


@pytest.mark.parametrize("spoiled", ["start", "middle", "end", "half", "nearly", "empty", "hello", "more"])
@pytest.mark.parametrize("kind", ["plain", "encrypted"])
def test_a_damaged_file_changes_nothing(own_engine, own_settings, plain, encrypted, identity, spoiled, kind):
    file = plain if kind == "plain" else encrypted
    raw = file.read_bytes()
    flip = {"start": 40, "middle": len(raw) // 2, "end": len(raw) - 5}.get(spoiled)
    if flip is not None:
        raw = raw[:flip] + bytes([raw[flip] ^ 0xFF]) + raw[flip + 1 :]
    file.write_bytes(
        {
            "half": raw[: len(raw) // 2],
            "nearly": raw[:-1],
            "empty": b"",
            "hello": b"hello",
            "more": raw + b"x" * 100,
        }.get(spoiled, raw)
    )
    add_area(own_engine, "40", "Nghệ An")

    with pytest.raises(Invalid) as refused:
        restore_backup(own_engine, own_settings, file, [identity], now=NOW, replace=True)

    assert refused.value.fields["file"] in {"damaged", "not_a_backup", "another_recipient"}
    assert areas(own_engine) == ["Nghệ An", "Thanh Hoá"]


def _changed(file, change, manifest=None):
    """The plain backup with its parts, and then its manifest, changed."""
    parts = unpack(file)
    change(parts)
    if manifest:
        says = json.loads(parts["manifest.json"])
        manifest(says)
        parts["manifest.json"] = json.dumps(says).encode()
    with tarfile.open(file, "w:gz") as tar:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))


@pytest.mark.parametrize(
    ("parts", "manifest", "code"),
    [
        (lambda parts: None, lambda says: says.update(format=3, later={"things": 1}), "newer_than_us"),
        (lambda parts: None, lambda says: says.update(revision="9999"), "newer_than_us"),
        (lambda parts: None, lambda says: says.update(more=1), "damaged"),
        (lambda parts: None, lambda says: says["tables"].update(area=99), "damaged"),
        (lambda parts: None, lambda says: next(iter(says["parts"].values())).update(sha256="0" * 64), "damaged"),
        (
            lambda parts: None,
            lambda says: says["parts"].update({"../outside": {"size": 1, "sha256": "0" * 64}}),
            "damaged",
        ),
        (lambda parts: parts.update({"../outside": b"x"}), None, "damaged"),
        (lambda parts: parts.update({"keys/secret_key": b"x"}), None, "damaged"),
        (lambda parts: parts.pop(next(name for name in parts if name.startswith("database."))), None, "damaged"),
        (lambda parts: parts.pop("manifest.json"), None, "not_a_backup"),
    ],
)
def test_a_backup_that_contradicts_itself_is_refused(own_engine, own_settings, plain, tmp_path, parts, manifest, code):
    _changed(plain, parts, manifest)
    add_area(own_engine, "40", "Nghệ An")

    with pytest.raises(Invalid) as refused:
        restore_backup(own_engine, own_settings, plain, now=NOW, replace=True)

    assert refused.value.fields["file"] == code
    assert areas(own_engine) == ["Nghệ An", "Thanh Hoá"]
    assert not (tmp_path / "outside").exists()


def test_a_backup_of_the_other_kind_of_database_is_refused(own_engine, own_settings, plain, database_kind):
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[database_kind]
    names = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}

    def swap(parts):
        parts[names[other]] = parts.pop(names[database_kind])

    def tell(says):
        says["database"] = other
        says["parts"] = {names[other]: says["parts"][names[database_kind]]}

    _changed(plain, swap, tell)

    with pytest.raises(Invalid) as refused:
        restore_backup(own_engine, own_settings, plain, now=NOW, replace=True)
    assert refused.value.fields == {"file": "another_database"}


def test_a_database_in_use_is_not_replaced_by_accident(own_engine, own_settings, plain):
    add_area(own_engine, "40", "Nghệ An")

    with pytest.raises(Conflict, match="not_empty"):
        restore_backup(own_engine, own_settings, plain, now=NOW)

    assert areas(own_engine) == ["Nghệ An", "Thanh Hoá"]


def test_a_table_the_backup_does_not_know_is_gone_afterwards(own_engine, own_settings, plain):
    with own_engine.connect().execution_options(writing=True) as connection, connection.begin():
        connection.execute(text("CREATE TABLE later (id INTEGER)"))

    restore_backup(own_engine, own_settings, plain, now=NOW, replace=True)

    assert "later" not in inspect(own_engine).get_table_names()


def test_rows_that_are_made_anew_stay_out(own_engine, own_settings, tmp_path, monkeypatch):
    monkeypatch.setattr("foundation.backups.create.tables_without_backup", lambda: [*tables_without_backup(), "area"])

    made = create_backup(own_engine, own_settings, tmp_path / "plain.tar.gz", [], now=NOW)
    restore_backup(own_engine, own_settings, made.file, now=NOW, replace=True)

    assert made.manifest.tables["area"] == 0
    assert areas(own_engine) == []
    assert "Thanh Hoá".encode() not in unpack(made.file)[made.manifest.database_part]


def test_a_good_backup_is_written_down_and_a_failed_one_is_not(
    own_engine, own_settings, tmp_path, encrypted, monkeypatch
):
    monkeypatch.setattr("foundation.backups.create.write_archive", _no_space)
    with pytest.raises(Problem, match="not_written"):
        create_backup(own_engine, own_settings, tmp_path / "b.age", [], now=NOW + timedelta(days=1))

    with Session(own_engine) as session:
        [record] = session.query(BackupRecord).all()
    assert (record.made_at, record.file, record.encrypted, record.keys_included) == (NOW, "b.age", True, True)
    assert record.size == encrypted.stat().st_size
    assert (tmp_path / "b.age.sha256").read_text() == f"{record.sha256}  b.age\n"


def _no_space(*_arguments):
    raise OSError(28, "No space left on device")


def test_what_does_not_read_back_as_it_was_written_gets_no_name(
    own_engine, own_settings, tmp_path, monkeypatch, identity
):
    whole = create.write_archive

    def cut(file, *rest):
        whole(file, *rest)
        raw = file.read_bytes()
        file.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))

    monkeypatch.setattr(create, "write_archive", cut)
    (tmp_path / "b.age").write_text("the good one of yesterday")

    with pytest.raises(Problem, match="not_written"):
        create_backup(own_engine, own_settings, tmp_path / "b.age", [identity.to_public()], now=NOW)

    assert (tmp_path / "b.age").read_text() == "the good one of yesterday"


def test_a_full_disk_leaves_the_old_backup_and_no_half_of_a_new_one(
    own_engine, own_settings, data_folder, tmp_path, plain
):
    before = plain.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(Problem) as refused:
            create_backup(own_engine, own_settings, plain, [], now=NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert refused.value.code in {"disk_full", "tool_failed", "not_written"}
    assert plain.read_bytes() == before
    assert [file for folder in (tmp_path, data_folder) for file in folder.glob(".backup-*")] == []


def test_without_postgresqls_own_tools_the_answer_is_clear(
    own_engine, own_settings, database_kind, tmp_path, monkeypatch
):
    if database_kind == "sqlite":
        return  # SQLite copies itself
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Problem, match="no_such_tool"):
        create_backup(own_engine, own_settings, tmp_path / "b.tar.gz", [], now=NOW)

    assert not (tmp_path / "b.tar.gz").exists()


def test_rows_missing_from_the_dump_are_noticed(own_engine, own_settings, database_kind, tmp_path, monkeypatch):
    if database_kind == "sqlite":
        return  # a copy of all pages, which integrity_check reads
    run = postgresql._run

    def lose(engine, tool, *arguments):
        run(engine, tool, *arguments, *(["--exclude-table-data=public.area"] if tool == "pg_dump" else []))

    monkeypatch.setattr(postgresql, "_run", lose)

    with pytest.raises(Problem) as refused:
        create_backup(own_engine, own_settings, tmp_path / "b.tar.gz", [], now=NOW)
    assert refused.value.details["lines"] == ["area: 1 ≠ None"]


def test_a_database_that_lost_a_table_is_not_called_whole(own_engine, own_settings, tmp_path):
    with own_engine.begin() as connection:
        connection.execute(text("DROP TABLE visit_person"))

    with pytest.raises(Problem) as refused:
        create_backup(own_engine, own_settings, tmp_path / "copy.tar.gz", [], now=NOW)

    assert refused.value.code == "damaged_database"
    assert refused.value.details["lines"] == ["visit_person: không còn bảng này (table is gone)"]
    assert not (tmp_path / "copy.tar.gz").exists()


def test_identity_files_of_age_and_ssh_are_read_and_others_refused(tmp_path):
    file = tmp_path / "key.txt"
    file.write_text(f"# created: today\r\n\n{pyrage.x25519.Identity.generate()}\n")
    assert len(read_identities(file)) == 1
    for text_ in (
        "",
        "AGE-SECRET-KEY-1NOT",
        "age1zlh938cae4sxwx8592rd54ca5ne5v8drvz7h7yeax083sq85mqms56vkv8",
        "\x00\xff",
    ):
        file.write_text(text_)
        with pytest.raises(Invalid) as refused:
            read_identities(file)
        assert refused.value.fields == {"identity": "not_an_identity"}
