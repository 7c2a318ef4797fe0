"""docs/backups.md, word by word: its commands are read out of the page and run, on both databases."""

import re
import subprocess

import pytest
from sqlalchemy.orm import Session

from app import create_app
from foundation.settings import PROJECT_ROOT, Settings
from learning.services.award_keys import signed_by, signing_key, usable_key
from learning.services.card_tries import learner_of_card
from learning.services.cards import make_card
from tests.foundation.backups.conftest import NOW
from tests.making import Make
from tests.postgres import postgres_database

SECRET = "only for tests, and longer than thirty-two characters"
PICTURES = ("trau", "ga", "hoa-ban", "nha-san")
_FLASK = re.compile(r"((?:[A-Z_]+=\S+ )*)\.venv/bin/flask --app app (.*)")


def commands_of(page):
    """Lines of the page's sh blocks, by its two languages."""
    parts = page.split("\n---\n")
    return [
        [line for block in re.findall(r"```sh\n(.*?)```", part, re.S) for line in block.splitlines()] for part in parts
    ]


@pytest.fixture
def manual():
    vietnamese, english = commands_of((PROJECT_ROOT / "docs/backups.md").read_text(encoding="utf-8"))
    assert vietnamese == english
    assert len(vietnamese) == 7
    return vietnamese


@pytest.fixture
def type_in(tmp_path, monkeypatch):
    """Types one line of the manual on a machine whose folders are a test's own; returns what it reason."""
    places = {"/var/backups/bdhvs": "backups", "/var/lib/bdhvs-thu": "trial", "/root": "root"}
    for folder in places.values():
        (tmp_path / folder).mkdir()

    def run(line, **places_of_databases):
        for there, here in places.items():
            line = line.replace(there, str(tmp_path / here))
        for there, here in places_of_databases.items():
            line = line.replace(there, here)
        found = _FLASK.fullmatch(line)
        if found is None:
            done = subprocess.run(["bash", "-euc", line], capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            return done.stdout
        with monkeypatch.context() as environment:
            for assignment in found[1].split():
                environment.setenv(*assignment.split("=", 1))
            expanded = subprocess.run(
                ["bash", "-euc", f"printf '%s\\0' {found[2]}"],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            app = create_app(Settings())
            result = app.test_cli_runner().invoke(args=expanded.stdout.split("\0")[:-1])
            app.extensions["engine"].dispose()
        assert result.exit_code == 0, (line, result.output)
        return result.output

    return run


def test_the_manual_brings_a_lost_server_back(
    own_engine, databases, database_kind, manual, type_in, tmp_path, data_folder, monkeypatch
):
    with Session(own_engine.execution_options(writing=True)) as session:
        learner = Make(session).learner().id
        card = make_card(session, learner, PICTURES, key=SECRET, now=NOW)
        signature = signing_key(session, secret=SECRET, now=NOW).sign(b"a letter")
        session.commit()
    own_engine.dispose()
    make_key, back_up, check, restore, count, move, count_moved = manual
    monkeypatch.setenv("DATA_FOLDER", str(data_folder))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    if database_kind == "postgresql":
        monkeypatch.setenv("DATABASE_URL", own_engine.url.render_as_string(hide_password=False))

    [recipient] = re.findall(r"BACKUP_RECIPIENT=(\S+)", type_in(make_key))
    monkeypatch.setenv("BACKUP_RECIPIENT", recipient)
    assert "Đã đọc lại và kiểm tra" in type_in(back_up)
    assert type_in(check).endswith(": OK\n")

    # The new machine: nothing of the environment before, a database of its own.
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.delenv("BACKUP_RECIPIENT")
    fresh = databases("trial")
    if database_kind == "postgresql":
        monkeypatch.setenv("DATABASE_URL", fresh.url.render_as_string(hide_password=False))
    reason = type_in(restore)
    assert "Khoá bí mật đã được đặt lại" in reason
    assert "THIẾU" not in reason
    assert "Mọi con số đều khớp" in type_in(count)

    secret = Settings(data_folder=tmp_path / "trial").signing_key()
    assert secret == SECRET
    with Session(fresh) as session:
        assert learner_of_card(session, card, PICTURES, key=secret) == learner
        key = usable_key(session, secret=secret)
        assert key is not None
        assert signed_by(key.public, b"a letter", signature)

    if database_kind == "sqlite":
        monkeypatch.setenv("DATA_FOLDER", str(tmp_path / "trial"))
        with postgres_database() as url:
            target = {"postgresql://bdhvs:mat-khau@db/bdhvs": url}
            assert "hai bên như nhau" in type_in(move, **target)
            assert "Mọi con số đều khớp" in type_in(count_moved, **target)
