"""What an administrator is told of a database that cannot be used fits the trouble."""

import pytest

from foundation.readiness_sentences import sentence_for
from foundation.storage_faults import StorageFault


@pytest.mark.parametrize("fault", sorted(set(StorageFault) - {StorageFault.BUSY, StorageFault.UNREACHABLE}))
def test_trouble_of_the_database_that_lasts_has_a_sentence_of_its_own(fault):
    assert sentence_for("database", fault) != sentence_for("database", StorageFault.UNREACHABLE)


def test_a_full_disk_is_not_put_down_to_postgresql():
    assert "hết chỗ" in sentence_for("database", StorageFault.FULL)
    assert "PostgreSQL" not in sentence_for("database", StorageFault.FULL)
