"""Bodies that wait: small ones in memory, the others on disk, both within a budget that is given back."""

import os

import pytest

from foundation.serving import spool as spools
from foundation.serving.spool import LARGEST_IN_MEMORY, Spool, SpoolFull


def test_a_small_body_stays_in_memory_and_gives_its_share_back(tmp_path):
    spool = Spool(tmp_path / "spool", memory=1000, disk=0)
    body = spool.open()
    body.write(b"one ")
    body.write(b"two")

    assert spool.memory_left == 993
    assert body.reader().read() == b"one two"
    body.close()
    body.close()
    assert spool.memory_left == 1000


def test_a_large_body_goes_to_a_file_without_a_name(tmp_path):
    spool = Spool(tmp_path / "spool", memory=10**9, disk=10**6)
    body = spool.open()
    sent = os.urandom(LARGEST_IN_MEMORY + 5)
    for start in range(0, len(sent), 1000):
        body.write(sent[start : start + 1000])

    assert (spool.memory_left, spool.disk_left) == (10**9, 10**6 - len(sent))
    assert body.reader().read() == sent
    assert list((tmp_path / "spool").iterdir()) == []
    body.close()
    assert spool.disk_left == 10**6


def test_bodies_share_the_memory_and_the_rest_waits_on_disk(tmp_path):
    spool = Spool(tmp_path / "spool", memory=150, disk=10**6)
    bodies = [spool.open() for _ in range(3)]
    for body in bodies:
        body.write(b"x" * 100)

    assert (spool.memory_left, spool.disk_left) == (50, 10**6 - 200)
    assert [body.reader().read() for body in bodies] == [b"x" * 100] * 3


def test_what_the_disk_budget_does_not_hold_is_refused_and_nothing_of_it_stays(tmp_path):
    spool = Spool(tmp_path / "spool", memory=0, disk=150)
    first, second = spool.open(), spool.open()
    first.write(b"x" * 100)
    with pytest.raises(SpoolFull):
        second.write(b"x" * 100)
    second.close()

    assert spool.disk_left == 50
    first.close()
    second = spool.open()
    second.write(b"x" * 100)
    assert second.reader().read() == b"x" * 100


def test_a_full_disk_is_no_other_fault(tmp_path, monkeypatch):
    spool = Spool(tmp_path / "spool", memory=0, disk=10**6)

    def no_space(**_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spools.tempfile, "TemporaryFile", no_space)
    with pytest.raises(SpoolFull, match="No space"):
        spool.open().write(b"x")
