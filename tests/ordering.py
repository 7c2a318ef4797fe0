"""In which order tests run: the longest files first, the tests of a file in any order, browser walks as written.

`make test` gives whole files to two workers in this order, so that neither ends with a long one while the other waits.
pytest-randomly shuffles; `make test SEED=` gives an order again.
"""

from collections.abc import Callable, Iterable

import pytest

# Those that take more than some 30 s of CPU, the longest first.
LONGEST = (
    "tests/test_leftovers.py",
    "tests/browser/test_old_phones.py",
    "tests/lengths/test_every_field.py",
    "tests/foundation/backups/test_commands.py",
    "tests/browser/test_phone_sync.py",
    "tests/test_serving.py",
    "tests/browser/test_resident.py",
    "tests/browser/test_authors.py",
    "tests/learning/test_letters_job.py",
    "tests/matrix/test_reads.py",
    "tests/matrix/test_writes.py",
    "tests/faults/test_faults.py",
    "tests/browser/test_offline_learning.py",
    "tests/community_teams/open_data/test_disclosure.py",
    "tests/browser/test_team_troubles.py",
    "tests/browser/test_team_app.py",
    "tests/browser/test_class_evening.py",
    "tests/community_teams/phones/test_sent_at_once.py",
    "tests/test_migrations.py",
)


def sort_key(
    written: Iterable[pytest.Item], shuffled: Iterable[pytest.Item]
) -> Callable[[pytest.Item], tuple[int, int, str, int]]:
    """Key of an item: the rank of its file, the file's place, its kind of database, its own place."""
    places = {item: place for place, item in enumerate(written)}
    chance: dict[pytest.Item, int] = {}
    files: dict[str, int] = {}
    for place, item in enumerate(shuffled):
        chance[item] = place
        files.setdefault(file_of(item), place)
    ranks = {file: rank for rank, file in enumerate(LONGEST)}

    def key(item: pytest.Item) -> tuple[int, int, str, int]:
        file = file_of(item)
        # Fixtures that are made for one kind of database are made once a file.
        kind = item.callspec.params.get("database_kind", "") if hasattr(item, "callspec") else ""
        own = places[item] if item.get_closest_marker("browser") else chance[item]
        return ranks.get(file, len(LONGEST)), files[file], kind, own

    return key


def file_of(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]
