"""Keeping the targets of plans."""

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

# What the central plan and Thanh Hóa's promise, with where each was read.
OURS = Path(__file__).parent / "data" / "targets.toml"


class FaultyTargets(Problem):
    """Nothing of the list was kept. `faults` are in the order of the rows."""

    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("faulty_targets", faults=tuple(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class TargetsKept:
    added: int
    changed: int
    unchanged: int


def import_targets(session: Session, listed: TargetList) -> TargetsKept:
    """Keep the targets of a list, all of them or none. The same list again changes nothing.

    A target is known by its area, year and key. Targets not listed stay as they are. Raises FaultyTargets naming every
    faulty row; areas unknown or no longer valid are faults, and so is a target that an earlier row has already.
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
    return _keep(session, listed.targets)


def load_our_targets(session: Session) -> TargetsKept:
    """The targets that come with the platform, of areas that are there. A second time nothing changes."""
    listed = read_toml_of_targets(OURS.read_bytes())
    known = set(session.scalars(select(Area.code).where(Area.code.in_({each.area for each in listed.targets}))))
    there = [(row, each) for row, each in zip(listed.rows, listed.targets, strict=True) if each.area in known | {""}]
    return import_targets(session, TargetList([each for _, each in there], [row for row, _ in there], listed.faults))


def _keep(session: Session, targets: Sequence[NewTarget]) -> TargetsKept:
    known = {(row.area_code, row.year, row.key): row for row in session.scalars(select(Target))}
    added = changed = 0
    for target in targets:
        told = asdict(target)
        told["area_code"] = told.pop("area") or None
        row = known.get((told["area_code"], target.year, target.key))
        if row is None:
            session.add(Target(**told))
            added += 1
            continue
        differing = {name: value for name, value in told.items() if getattr(row, name) != value}
        for name, value in differing.items():
            setattr(row, name, value)
        changed += bool(differing)
    session.flush()
    return TargetsKept(added, changed, len(targets) - added - changed)
