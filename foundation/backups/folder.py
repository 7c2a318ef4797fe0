"""A folder of backups: which are intact, and deleting those that the retention rule does not keep."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from foundation.backups.archives import describe
from foundation.backups.create import HASH_ENDING
from foundation.backups.retention import RetentionRule, backups_to_keep

_NAME = re.compile(r"bdhvs-(\d{8}T\d{6}Z)\.tar\.gz(\.age)?")


@dataclass(frozen=True)
class RetentionResult:
    """The result for one folder. removed, damaged: file names. Damaged backups are not deleted and not counted."""

    retained: int
    removed: tuple[str, ...]
    damaged: tuple[str, ...]


def apply_retention(folder: Path, rule: RetentionRule) -> RetentionResult:
    """Delete the backups of a folder that the rule does not keep. Call it only after a new intact one was created
    there.

    Looks at files named as `backup FOLDER` names them and at nothing else. A backup whose hash does not match its
    `.sha256`, or that has none, never counts as intact and is left for a person to look at.
    """
    found = [(moment, file) for file in sorted(folder.iterdir()) if (moment := _moment(file)) is not None]
    damaged: list[str] = []

    def is_good(file: Path) -> bool:
        good = is_whole(file)
        if not good:
            damaged.append(file.name)
        return good

    keep = backups_to_keep(found, rule, is_good)
    removed = []
    for _, file in found:
        if file not in keep and file.name not in damaged:
            # The hash file last: a backup without one would count as damaged.
            file.unlink(missing_ok=True)
            file.with_name(file.name + HASH_ENDING).unlink(missing_ok=True)
            removed.append(file.name)
    return RetentionResult(len(keep), tuple(removed), tuple(sorted(damaged)))


def is_whole(file: Path) -> bool:
    """Whether a backup is unchanged since it was created, by its `.sha256` file."""
    try:
        written = file.with_name(file.name + HASH_ENDING).read_text(encoding="utf-8").split()
        return bool(written) and written[0] == describe(file).sha256
    except (OSError, UnicodeDecodeError):
        return False


def _moment(file: Path) -> datetime | None:
    found = _NAME.fullmatch(file.name)
    if found is None or not file.is_file():
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
