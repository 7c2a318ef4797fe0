"""Sums over the hamlets of a province or the nation, kept in memory for as long as they are right.

Kept for each commune, under the version that changes with everything beneath it (foundation CommuneVersion), and added
up for each province. When a page is asked for, one small statement tells which versions there are; only communes that
have changed since are read again. A province with a commune that has no version is always read anew.

Some are read hamlet by hamlet where one commune has changed, for its own page asks for these, and added up from them.
What sums there are: kept_counters.py, kept_weeks.py, kept_layers.py.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from community_teams.queries.area_versions import added_up, versions_of_communes, versions_of_provinces
from community_teams.queries.keeping import kept
from community_teams.queries.places import Asked, Code, Within
from foundation.areas.domain.scope import NATION, Scope
from foundation.areas.models import Area
from foundation.areas.queries import inside

Sums = dict[Any, Any]  # by the name of a figure, or by Monday
# A statement: of hamlets whose path fulfils a condition, grouped by a code.
Read = Callable[[Within, Code], Asked]

# From so many changed communes of one province on, reading it whole is quicker than picking them.
MANY = 30
# Communes whose sums are kept added up: about the root of a province's 166.
GROUP = 12
# What a hamlet with all its counters takes in memory, in lines as keeping.py counts them.
HAMLET = 6


@dataclass(frozen=True)
class _Province:
    """What is kept of one province, put in place whole: another thread reads either the old or the new.

    whole: number and sum of its communes' versions; None while one has none, and then it is read anew. communes: of
    every commune; told: of those with any hamlet. groups: of a dozen communes each, with their sum.
    """

    whole: tuple[int, int] | None
    versions: Mapping[str, int | None]
    communes: Mapping[str, Sums]
    told: Mapping[str, Sums]
    groups: Sequence[tuple[tuple[Sums, ...], Sums]]
    total: Sums


class SumsOverHamlets:
    """One kind of sums.

    read: the statement; of its columns the first is the code it is grouped by. gather: its rows by that code. add: sums
    of several areas made one; never of none. of_hamlets: reads the hamlets of the commune at a path, by code, where
    they are asked for one by one; else of_one: reads the commune at a path.
    """

    def __init__(
        self,
        read: Read,
        gather: Callable[[Iterable[Row[Any]]], dict[str, Sums]],
        add: Callable[[Sequence[Sums]], Sums],
        *,
        of_hamlets: Callable[[Session, str], Mapping[str, Sums]] | None = None,
        of_one: Callable[[Session, str], Sums] | None = None,
    ) -> None:
        self._read, self._gather, self._add = read, gather, add
        # After a visit it is one commune that has to be read again.
        self._of_hamlets, self._of_one = of_hamlets, of_one or self._added_up
        self._kept: dict[str, _Province] = {}

    def beneath(self, session: Session, path: str) -> Mapping[str, Sums] | None:
        """By area right beneath the one at `path` ("": the nation); for a hamlet, of itself.

        Those without any hamlet are left out. An area keeps the same object for as long as nothing changes in it. None
        beneath communes, where hamlets are not asked for one by one.
        """
        province, commune, hamlet = _codes(path)
        if not province:
            totals = {code: self._of(session, code).total for code in versions_of_provinces(session)}
            return {code: total for code, total in totals.items() if total}
        if not commune:
            return self._of(session, province).told
        hamlets = self._hamlets(session, f"{province}/{commune}/")
        if hamlets is None:
            return None
        return {hamlet: hamlets.get(hamlet, {})} if hamlet else hamlets

    def total(self, session: Session, path: str) -> Sums | None:
        """Of the whole area at `path`; None for a hamlet, where hamlets are not asked for one by one."""
        province, commune, hamlet = _codes(path)
        if hamlet:
            hamlets = self._hamlets(session, f"{province}/{commune}/")
            return None if hamlets is None else hamlets.get(hamlet, {})
        if commune:
            return self._of(session, province).told.get(commune, {})
        if province:
            return self._of(session, province).total
        return self._added((self.beneath(session, "") or {}).values())

    def _of(self, session: Session, province: str) -> _Province:
        before = self._kept.get(province, _NO_PROVINCE)
        whole = versions_of_provinces(session).get(province)
        if whole is not None and whole == before.whole:
            return before
        communes = versions_of_communes(session, province)
        changed = {
            code: path
            for code, (path, version) in communes.items()
            if version is None or before.versions.get(code) != version
        }
        read = self._communes(session, province, changed) if changed else {}
        sums = {code: read.get(code, {}) if code in changed else before.communes[code] for code in communes}
        told = {code: one for code, one in sums.items() if one}
        groups = self._grouped(tuple(told.values()), before.groups)
        found = _Province(
            whole=whole if whole is not None and added_up(communes) == whole else None,
            versions={code: version for code, (_, version) in communes.items()},
            communes=sums,
            told=told,
            groups=groups,
            total=self._added(total for _, total in groups),
        )
        self._kept[province] = found
        return found

    def _grouped(
        self, many: tuple[Sums, ...], before: Sequence[tuple[tuple[Sums, ...], Sums]]
    ) -> list[tuple[tuple[Sums, ...], Sums]]:
        """So that after a visit two dozen sums are added up, and not those of all communes of a province."""
        groups = []
        for number, start in enumerate(range(0, len(many), GROUP)):
            group = many[start : start + GROUP]
            same = number < len(before) and group == before[number][0]
            groups.append(before[number] if same else (group, self._added(group)))
        return groups

    def _communes(self, session: Session, province: str, paths: Mapping[str, str]) -> Mapping[str, Sums]:
        """paths: of communes of the province, by code."""
        if len(paths) > 1:
            scope = Scope((f"{province}/",) if len(paths) > MANY else tuple(paths.values()))
            return self._gather(session.execute(self._read(lambda path: inside(path, scope), Area.parent_code)))
        ((code, path),) = paths.items()
        return {code: self._of_one(session, path)}

    def _added_up(self, session: Session, path: str) -> Sums:
        return self._added((self._hamlets(session, path) or {}).values())

    def _added(self, many: Iterable[Sums]) -> Sums:
        many = [one for one in many if one]
        return self._add(many) if many else {}

    def _hamlets(self, session: Session, path: str) -> Mapping[str, Sums] | None:
        """By hamlet of the commune at `path`, those that are no more included."""
        read = self._of_hamlets
        return None if read is None else kept(session, NATION, path, self, lambda: read(session, path), weight=HAMLET)


_NO_PROVINCE = _Province(None, {}, {}, {}, (), {})


def _codes(path: str) -> tuple[str, str, str]:
    """Of province, commune and hamlet, as far down as the path goes; "" for the rest."""
    province, commune, hamlet, *_ = (*path.rstrip("/").split("/"), "", "", "")
    return province, commune, hamlet


@dataclass(frozen=True)
class Part:
    """One part of sums that are read together, for most pages need several of them. Areas without it are left out."""

    of: SumsOverHamlets
    name: str

    def beneath(self, session: Session, path: str) -> Mapping[str, Sums]:
        """By area right beneath the one at `path`; for a hamlet, of itself."""
        beneath = self.of.beneath(session, path) or {}
        return {code: parts[self.name] for code, parts in beneath.items() if self.name in parts}

    def total(self, session: Session, path: str) -> Sums:
        """Of the whole area; nothing where it has none."""
        found: Sums = (self.of.total(session, path) or {}).get(self.name, {})
        return found
