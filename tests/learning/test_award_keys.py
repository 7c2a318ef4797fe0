from datetime import timedelta

import pytest

from foundation.problems import NotFound
from learning import queries
from learning.cli.keys import commands
from learning.models import AwardKey
from learning.services.award_keys import new_key, retire_key, signed_by, signing_key, usable_key

SECRET = "bí mật của máy chủ"


def test_the_first_key_is_made_when_it_is_needed_and_is_the_same_ever_after(session, now):
    assert usable_key(session, secret=SECRET) is None

    first = signing_key(session, secret=SECRET, now=now)
    again = signing_key(session, secret=SECRET, now=now)

    assert again.id == first.id
    assert again.public == first.public
    [published] = queries.award_keys(session)
    assert published.public == first.public
    assert signed_by(published.public, b"loi", again.sign(b"loi"))
    assert not signed_by(published.public, b"loi khac", again.sign(b"loi"))


def test_a_new_key_signs_and_the_old_one_stays_published(session, now):
    old = signing_key(session, secret=SECRET, now=now)
    new = new_key(session, secret=SECRET, now=now + timedelta(days=1))

    assert signing_key(session, secret=SECRET, now=now).id == new.id
    assert [key.id for key in queries.award_keys(session)] == [new.id, old.id]


def test_a_retired_key_signs_nothing_more(session, now):
    old = signing_key(session, secret=SECRET, now=now)

    retire_key(session, old.id, distrust=False, now=now)
    retire_key(session, old.id, distrust=False, now=now + timedelta(days=9))

    assert queries.award_key(session, old.id).retired_at == now
    assert not queries.award_key(session, old.id).distrusted
    assert signing_key(session, secret=SECRET, now=now).id != old.id
    with pytest.raises(NotFound):
        retire_key(session, "khong-co", distrust=True, now=now)


def test_another_secret_key_opens_no_key_and_makes_its_own(session, now):
    old = signing_key(session, secret=SECRET, now=now)

    new = signing_key(session, secret="khác", now=now + timedelta(days=1))

    assert new.id != old.id
    assert {key.id for key in queries.award_keys(session)} == {old.id, new.id}


def test_a_private_key_is_nowhere_in_the_database(session, now):
    key = signing_key(session, secret=SECRET, now=now)
    private = key.private.private_bytes_raw()

    row = session.get(AwardKey, key.id)
    assert private not in (row.salt, row.public)
    assert SECRET.encode() not in (row.salt, row.public)


def test_keys_are_made_listed_and_retired_by_command(app):
    run = app.test_cli_runner().invoke

    assert "Chưa có khoá nào" in run(commands, ["keys", "list"]).output
    made = run(commands, ["keys", "new"]).output
    id_ = made.split()[3].rstrip(".")
    assert f"{id_}  làm" in run(commands, ["keys", "list"]).output
    assert "đang ký" in run(commands, ["keys", "list"]).output
    assert run(commands, ["keys", "retire", id_]).exit_code == 0
    assert "đã thôi ký" in run(commands, ["keys", "list"]).output
    assert run(commands, ["keys", "retire", id_, "--distrust"]).exit_code == 0
    assert "không còn được tin" in run(commands, ["keys", "list"]).output
    unknown = run(commands, ["keys", "retire", "khong-co"])
    assert unknown.exit_code == 1
    assert "không có khoá" in unknown.output
