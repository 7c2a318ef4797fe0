"""Imports the targets of plans."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from community_teams.indicators.domain.targets import NewTarget, TargetList, read_toml_of_targets
from community_teams.indicators.models import Target
from foundation.areas.domain.hamlet_lists import Fault
from foundation.areas.models import Area
from foundation.problems import Problem

# Targets of the central plan and Thanh Hóa's, each with its source.
OURS = Path(__file__).parent / "data" / "targets.toml"


class FaultyTargets(Problem):
    """The list has faults and nothing of it was stored. `faults` are in the order of the rows."""

    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("faulty_targets", faults=tuple(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class ImportedTargets:
    added: int
    changed: int
    unchanged: int


def import_targets(session: Session, listed: TargetList) -> ImportedTargets:
    """Store the targets of a list, all of them or none. The same list again changes nothing.

    A target is identified by area, year and key. Targets not listed stay as they are. Raises FaultyTargets naming every
    faulty row; areas that are unknown or have ended are faults, and so is a target that an earlier row has already.
    """
    codes = {target.area for target in listed.targets if target.area}
    areas = set(session.scalars(select(Area.code).where(Area.code.in_(codes), Area.valid_to.is_(None))))
    faults, first = list(listed.faults), dict[tuple[str, int, str], int]()
    for row, target in zip(listed.rows, listed.targets, strict=True):
        if target.area and target.area not in areas:
            faults.append(Fault(row, "unknown_area", target.area[:60]))
        earlier = first.setdefault((target.area, target.year, target.key), row)
        if earlier != row:
            faults.append(Fault(row, "doubled", str(earlier)))
    if faults:
        raise FaultyTargets(sorted(faults, key=lambda fault: fault.row))
    return _store(session, listed.targets)


def load_our_targets(session: Session) -> ImportedTargets:
    """Import the targets that come with the platform, of areas that exist. A second time nothing changes."""
    listed = read_toml_of_targets(OURS.read_bytes())
    known = set(session.scalars(select(Area.code).where(Area.code.in_({each.area for each in listed.targets}))))
    there = [(row, each) for row, each in zip(listed.rows, listed.targets, strict=True) if each.area in known | {""}]
    return import_targets(session, TargetList([each for _, each in there], [row for row, _ in there], listed.faults))


def _store(session: Session, targets: Sequence[NewTarget]) -> ImportedTargets:
    known = {(row.area_code, row.year, row.key): row for row in session.scalars(select(Target))}
    added = changed = 0
    for target in targets:
        values = asdict(target)
        values["area_code"] = values.pop("area") or None
        row = known.get((values["area_code"], target.year, target.key))
        if row is None:
            session.add(Target(**values))
            added += 1
            continue
        differing = {name: value for name, value in values.items() if getattr(row, name) != value}
        for name, value in differing.items():
            setattr(row, name, value)
        changed += bool(differing)
    session.flush()
    return ImportedTargets(added, changed, len(targets) - added - changed)
