"""Putting hamlets beneath their communes."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.areas.domain.hamlet_lists import Fault, HamletList, NewHamlet, doubles, same_hamlet
from foundation.areas.domain.kinds import Level
from foundation.areas.domain.naming import fold, sort_key
from foundation.areas.models import Area
from foundation.problems import Problem


class HamletValidationError(Problem):
    """A list with faults; nothing of it was stored. `faults` are in the order of the rows."""

    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("faulty_hamlets", faults=tuple(faults))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class HamletsAdded:
    """codes: of every hamlet given, in the order given, the known ones too. unused: headings that were not read."""

    codes: tuple[str, ...]
    added: int
    changed: int
    unused: tuple[str, ...] = ()


def import_hamlets(session: Session, listed: HamletList) -> HamletsAdded:
    """Add the hamlets of a spreadsheet, all of them or none. The same list again changes nothing.

    listed: as read_hamlets gives it. Raises HamletValidationError naming every faulty row.
    """
    faults = [*listed.faults, *_misplaced(session, listed.hamlets, listed.rows, is_sample=False)]
    if faults:
        raise HamletValidationError(sorted(faults, key=lambda fault: fault.row))
    done = add_hamlets(session, listed.hamlets)
    return HamletsAdded(done.codes, done.added, done.changed, tuple(listed.unused))


def add_hamlets(session: Session, hamlets: Sequence[NewHamlet], *, is_sample: bool = False) -> HamletsAdded:
    """Add hamlets, or bring the known ones up to date; a second time changes nothing.

    A hamlet is known by its code; without one, by its kind and name among the hamlets of its commune that are sample
    data as this one is, or are not. What is None leaves what is known as it is. Hamlets not given stay untouched.
    Raises HamletValidationError, rows counting from 1, when a commune is unknown, a hamlet is given twice, or a code
    belongs to
    something else.
    """
    rows = range(1, len(hamlets) + 1)
    faults = doubles(hamlets, rows) + _misplaced(session, hamlets, rows, is_sample=is_sample)
    if faults:
        raise HamletValidationError(faults)
    communes = _areas(session, {hamlet.commune_code for hamlet in hamlets})
    known = _Known(session, hamlets, is_sample)
    codes, new, changed = [], [], []
    for hamlet in hamlets:
        current = known.find(hamlet)
        code = current.code if current is not None else hamlet.code or known.free_code(hamlet.commune_code)
        row = _row(hamlet, code, communes[hamlet.commune_code].path)
        if current is None:
            new.append(row | {"is_sample": is_sample})
        elif any(getattr(current, column) != value for column, value in row.items() if value is not None):
            changed.append(row)
            for column, value in row.items():
                if value is not None:
                    setattr(current, column, value)
        codes.append(code)
    # As objects, so that whoever follows changes of areas sees them.
    session.add_all([Area(**row) for row in new])
    session.flush()
    return HamletsAdded(tuple(codes), len(new), len(changed))


class _Known:
    """The hamlets already there in some communes, found by code or by name, and the codes still free."""

    def __init__(self, session: Session, hamlets: Sequence[NewHamlet], is_sample: bool) -> None:
        communes = {hamlet.commune_code for hamlet in hamlets}
        self.by_code: dict[str, Area] = {}
        self.by_name: dict[object, Area] = {}
        beneath = select(Area).where(Area.parent_code.in_(communes), Area.is_sample == is_sample)
        for area in session.scalars(beneath.order_by(Area.code)):
            self.by_code[area.code] = area
            self.by_name.setdefault((area.parent_code, same_hamlet(area.kind, area.name)), area)
        self.taken = set(session.scalars(select(Area.code).where(Area.level == Level.HAMLET)))
        self.taken |= {hamlet.code for hamlet in hamlets if hamlet.code is not None}
        self.last: dict[str, int] = defaultdict(int)

    def find(self, hamlet: NewHamlet) -> Area | None:
        if hamlet.code is not None:
            return self.by_code.get(hamlet.code)
        return self.by_name.get((hamlet.commune_code, same_hamlet(hamlet.kind, hamlet.name)))

    def free_code(self, commune: str) -> str:
        while True:
            self.last[commune] += 1
            code = f"{commune}-{self.last[commune]:03}"
            if code not in self.taken:
                return code


def _misplaced(session: Session, hamlets: Sequence[NewHamlet], rows: Sequence[int], *, is_sample: bool) -> list[Fault]:
    """Hamlets of communes that do not exist, and codes that already mean something else."""
    communes = _areas(session, {hamlet.commune_code for hamlet in hamlets})
    codes = _areas(session, {hamlet.code for hamlet in hamlets if hamlet.code is not None})
    faults = []
    for hamlet, row in zip(hamlets, rows, strict=True):
        commune = communes.get(hamlet.commune_code)
        if commune is None or commune.level is not Level.COMMUNE:
            faults.append(Fault(row, "unknown_commune", hamlet.commune_code))
        holder = codes.get(hamlet.code or "")
        if holder is not None and (holder.parent_code != hamlet.commune_code or holder.is_sample != is_sample):
            faults.append(Fault(row, "code_taken", holder.code))
    return faults


def _areas(session: Session, codes: set[str]) -> dict[str, Area]:
    wanted = sorted(codes)
    found: dict[str, Area] = {}
    # SQLite takes a limited number of values in one statement.
    for start in range(0, len(wanted), 500):
        some = select(Area).where(Area.code.in_(wanted[start : start + 500]))
        found |= {area.code: area for area in session.scalars(some)}
    return found


def _row(hamlet: NewHamlet, code: str, commune_path: str) -> dict[str, Any]:
    return {
        "code": code,
        "parent_code": hamlet.commune_code,
        "level": Level.HAMLET,
        "kind": hamlet.kind,
        "name": hamlet.name,
        "path": f"{commune_path}{code}/",
        "sort_key": sort_key(hamlet.name),
        "folded": fold(hamlet.name),
        "latitude": hamlet.latitude,
        "longitude": hamlet.longitude,
        "official_households": hamlet.households,
        "households_source": hamlet.source,
        "households_as_of": hamlet.as_of,
    }
