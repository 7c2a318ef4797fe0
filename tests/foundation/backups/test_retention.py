"""Which backups of a folder are kept."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from foundation.backups.create import HASH_ENDING, backup_name
from foundation.backups.folder import apply_retention
from foundation.backups.retention import RetentionRule, backups_to_keep, parse_retention_rule

NIGHT = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)  # 01:00 on 2 December in Việt Nam, a Wednesday


def _nights(count):
    return [(NIGHT - timedelta(days=days), days) for days in range(count)]


def test_the_newest_of_each_day_week_and_month_is_kept():
    kept = backups_to_keep(_nights(400), RetentionRule(daily=7, weekly=4, monthly=12))

    days = {0, 1, 2, 3, 4, 5, 6}
    # Sundays before this week: 29 November is the newest of its week.
    weeks = {0, 3, 10, 17}
    # The last night of each month before: 30 November, 31 October, …
    ends = [datetime(2026, month, 1, tzinfo=UTC) - timedelta(days=1) for month in range(12, 1, -1)]
    months = {0} | {(datetime(2026, 12, 2, tzinfo=UTC) - end).days for end in ends}
    assert kept == days | weeks | months


def test_two_backups_of_one_day_count_as_one_and_days_are_those_of_viet_nam():
    before_midnight = datetime(2026, 12, 1, 16, 59, tzinfo=UTC)
    after_midnight = datetime(2026, 12, 1, 17, 1, tzinfo=UTC)
    later = datetime(2026, 12, 1, 18, 0, tzinfo=UTC)

    kept = backups_to_keep([(before_midnight, "a"), (after_midnight, "b"), (later, "c")], RetentionRule(2, 0, 0))

    assert kept == {"a", "c"}


def test_a_month_without_backups_uses_up_no_place():
    old = [(NIGHT - timedelta(days=60 + days), days) for days in range(10)]

    assert backups_to_keep(old, RetentionRule(7, 0, 0)) == {0, 1, 2, 3, 4, 5, 6}


def test_a_bad_backup_stands_for_no_good_one_and_each_is_asked_once():
    asked = []

    def is_good(night):
        asked.append(night)
        return night not in {0, 2}

    kept = backups_to_keep(_nights(6), RetentionRule(daily=3, weekly=1, monthly=1), is_good)

    assert kept == {1, 3, 4}
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("text", ["", "7", "7,4", "7,4,12,1", "0,0,0", "a,b,c", "-1,4,12", "7,4,99999"])
def test_a_rule_is_three_numbers(text):
    with pytest.raises(ValueError, match="three numbers"):
        parse_retention_rule(text)


def test_a_rule_is_read_with_or_without_spaces():
    assert parse_retention_rule("7, 4, 12") == RetentionRule(7, 4, 12)


@pytest.fixture
def nights_in_folder(tmp_path):
    """Ten nights of backups, each with its hash, and files of other people."""
    files = []
    for moment, night in _nights(10):
        file = tmp_path / backup_name(moment, encrypted=night % 2 == 0)
        file.write_bytes(b"backup %d" % night)
        file.with_name(file.name + HASH_ENDING).write_text(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  x\n")
        files.append(file)
    for name in (
        "2026-11-21.zip",
        "bdhvs-20261121T050000Z.tar.gz.part",
        "bdhvs-20269999T050000Z.tar.gz",
        "so-sach.ods",
    ):
        (tmp_path / name).write_text("another's")
    return files


def test_only_backups_the_rule_lets_go_are_removed_with_their_hashes(tmp_path, nights_in_folder):
    others = {"2026-11-21.zip", "bdhvs-20261121T050000Z.tar.gz.part", "bdhvs-20269999T050000Z.tar.gz", "so-sach.ods"}

    result = apply_retention(tmp_path, RetentionRule(3, 0, 0))

    names = {file.name for file in nights_in_folder[:3]}
    assert {file.name for file in tmp_path.iterdir()} == names | {name + HASH_ENDING for name in names} | others
    assert (result.retained, len(result.removed), result.damaged) == (3, 7, ())
    assert apply_retention(tmp_path, RetentionRule(3, 0, 0)).removed == ()


def test_a_damaged_backup_is_named_left_alone_and_an_older_good_one_kept_instead(tmp_path, nights_in_folder):
    damaged, without_hash = nights_in_folder[1], nights_in_folder[2]
    damaged.write_bytes(b"backup x")
    without_hash.with_name(without_hash.name + HASH_ENDING).unlink()

    result = apply_retention(tmp_path, RetentionRule(3, 0, 0))

    assert result.damaged == tuple(sorted([damaged.name, without_hash.name]))
    left = [file for file in nights_in_folder if file.exists()]
    assert left == [nights_in_folder[night] for night in (0, 1, 2, 3, 4)]
