"""Which versions there are: a number of each commune that changes with whatever is changed beneath it.

foundation.CommuneVersion. A page asks once, in one statement, and whatever is kept of areas is kept under the answer
(keeping.py, kept_sums.py).
"""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Integer, String, bindparam, cast, func, literal_column, select, union_all
from sqlalchemy.orm import Session, aliased

from foundation.areas.domain.kinds import Level
from foundation.areas.models import Area, CommuneVersion
from foundation.areas.queries import bounds, inside_one

T = TypeVar("T")
# Of the communes of a province their number and the sum of their versions, which changes with any of them; of a
# commune its version.
Token = tuple[int, ...]
# code -> path, and version or None, of the communes of a province.
Communes = Mapping[str, tuple[str, int | None]]

_ASKED = "versions of the provinces"
_FIRST, _PROVINCE = literal_column("1", Integer), literal_column("2", Integer)


@dataclass
class _Known:
    """What is known of one database. complete: province ("" for the nation) -> token under which no version lacks.

    communes: province -> token, and its communes. versions: the latest of all.
    """

    complete: dict[str, Token] = field(default_factory=dict)
    communes: dict[str, tuple[Token, Communes]] = field(default_factory=dict)
    versions: "_Versions | None" = None


_known: WeakKeyDictionary[Any, _Known] = WeakKeyDictionary()
_opening = Lock()


def token_of(session: Session, path: str) -> Token | None:
    """Changes with anything beneath the area at `path`, and with its name; None where nothing can be said."""
    province, _, beneath = path.partition("/")
    if not beneath:
        if token_of_areas(session, path) is None:
            return None
        versions = _versions(session, province)
        return versions.all.get(province, (0, 0)) if province else versions.nation
    _, version = versions_of_communes(session, province).get(beneath.partition("/")[0], ("", None))
    return None if version is None else (version,)


def token_of_areas(session: Session, path: str) -> Token | None:
    """Changes with the areas of the province that `path` lies in, or of the nation; None where one has no version."""
    province = path.partition("/")[0]
    versions = _versions(session, province)
    token = versions.areas.get(province, (0, 0)) if province else versions.nation_areas
    return token if token[0] and _complete(session, province, token) else None


def versions_of_provinces(session: Session) -> Mapping[str, tuple[int, int]]:
    """Of each province the number and the sum of its communes' versions."""
    return _versions(session).all


@dataclass
class _Versions:
    """By province the number of its communes' versions and their sum. all: changed by anything. areas: left alone by
    visits. communes: code -> path and version, of the one province that was asked for with these; else None.
    """

    all: dict[str, tuple[int, int]]
    areas: dict[str, tuple[int, int]]
    communes: tuple[str, Communes] | None = None

    @cached_property
    def nation(self) -> tuple[int, int]:
        return _added(self.all)

    @cached_property
    def nation_areas(self) -> tuple[int, int]:
        return _added(self.areas)


def _versions(session: Session, province: str = "") -> _Versions:
    """province: the one that more will be asked about; its communes come along."""
    return _asked_once(
        session, _ASKED, lambda: (province and _ask_province(session, province)) or _ask_provinces(session)
    )


def _ask_provinces(session: Session) -> _Versions:
    found = _Versions({}, {})
    for code, number, version, areas in session.execute(_OF_PROVINCES):
        found.all[code] = int(number), int(version)
        found.areas[code] = int(number), int(areas)
    _known_of(session).versions = found
    return found


def _ask_province(session: Session, province: str) -> _Versions | None:
    """The versions of a province's communes, and of the other provinces those we know; None where these have changed.

    Whether they have tells the sum over the nation, which takes a third of the time of one by province.
    """
    before = _known_of(session).versions
    if before is None or province not in before.all:
        return None
    communes, nation, own = {}, ((0, 0), (0, 0)), [0, 0]
    for code, path, version, areas, number in session.execute(_OF_ONE_PROVINCE, bounds(f"{province}/")):
        if code:
            communes[code] = path, version
            own[0] += version
            own[1] += areas
        else:
            nation = (number, version), (number, areas)
    found = _Versions(
        before.all | {province: (len(communes), own[0])},
        before.areas | {province: (len(communes), own[1])},
        (province, communes),
    )
    if (found.nation, found.nation_areas) != nation:
        return None
    _known_of(session).versions = found
    return found


def _added(versions: Mapping[str, tuple[int, int]]) -> tuple[int, int]:
    return sum(number for number, _ in versions.values()), sum(version for _, version in versions.values())


def versions_of_communes(session: Session, province: str) -> Communes:
    """Path and version of every commune of a province; the version is None where it has none."""
    # Asked for before the communes: what is kept under it is as new or newer.
    versions = _versions(session, province)
    whole = versions.all.get(province, (0, 0))
    communes = _known_of(session).communes
    if province in communes and communes[province][0] == whole:
        return communes[province][1]
    areas = versions.areas.get(province, (0, 0))
    if versions.communes and versions.communes[0] == province and _complete(session, province, areas):
        communes[province] = whole, versions.communes[1]
        return versions.communes[1]
    found = _asked_once(
        session,
        ("versions of communes of", province),
        lambda: {
            code: (path, version) for code, path, version in session.execute(_OF_COMMUNES, {"province": province})
        },
    )
    if added_up(found) == whole:
        communes[province] = whole, found
    return found


def added_up(communes: Communes) -> Token | None:
    """The token of the province that these are all communes of; None where one has no version."""
    versions = [version for _, version in communes.values() if version is not None]
    return (len(versions), sum(versions)) if versions and len(versions) == len(communes) else None


def ask_versions_once(session: Session) -> None:
    """For a page that only reads: whatever this session is asked for from now on is as of one moment, or newer."""
    session.info.setdefault(_ASKED, {})


@contextmanager
def versions_asked_once(session: Session) -> Iterator[None]:
    """The same for a few questions only."""
    if _ASKED in session.info:
        yield
        return
    session.info[_ASKED] = {}
    try:
        yield
    finally:
        del session.info[_ASKED]


def _asked_once(session: Session, what: Hashable, ask: Callable[[], T]) -> T:
    asked = session.info.get(_ASKED)
    if asked is None:
        return ask()
    if what not in asked:
        asked[what] = ask()
    answer: T = asked[what]
    return answer


def _known_of(session: Session) -> _Known:
    database = session.get_bind()
    with _opening:
        return _known.setdefault(database, _Known())


def _complete(session: Session, province: str, token: Token) -> bool:
    """Whether every commune of a province, or of the nation, has a version. Asked once for each token."""
    complete = _known_of(session).complete
    if complete.get(province) == token:
        return True
    communes = _asked_once(
        session, _COMMUNES, lambda: {code: int(number) for code, number in session.execute(_COMMUNES)}
    )
    if (communes.get(province, 0) if province else sum(communes.values())) != token[0]:
        return False
    complete[province] = token
    return True


_A_PROVINCE = Area.parent_code.is_(None) & (Area.level == Level.PROVINCE)
_commune = aliased(Area)
_COMMUNES = (
    select(Area.code, func.count())
    .join_from(Area, _commune, _commune.parent_code == Area.code)
    .where(_A_PROVINCE)
    .group_by(Area.code)
)
_province_of = func.substr(CommuneVersion.path, _FIRST, _PROVINCE)
_sums = (
    select(
        _province_of.label("code"),
        func.count().label("number"),
        func.sum(CommuneVersion.version).label("version"),
        func.sum(CommuneVersion.areas).label("areas"),
    )
    .group_by(_province_of)
    .subquery()
)
# Built once: they are asked for on every page.
_OF_ONE_PROVINCE = union_all(
    # Of the whole nation, without a code.
    select(
        literal_column("''", String).label("code"),
        literal_column("''", String).label("path"),
        cast(func.sum(CommuneVersion.version), BigInteger).label("version"),
        cast(func.sum(CommuneVersion.areas), BigInteger).label("areas"),
        func.count().label("number"),
    ),
    select(
        CommuneVersion.commune_code,
        CommuneVersion.path,
        CommuneVersion.version,
        CommuneVersion.areas,
        literal_column("1", Integer),
    ).where(inside_one(CommuneVersion.path)),
)
_OF_PROVINCES = (
    select(Area.code, *(func.coalesce(_sums.c[name], 0) for name in ("number", "version", "areas")))
    .outerjoin_from(Area, _sums, _sums.c.code == Area.code)
    .where(_A_PROVINCE)
)
_OF_COMMUNES = (
    select(Area.code, Area.path, CommuneVersion.version)
    .outerjoin_from(Area, CommuneVersion, CommuneVersion.commune_code == Area.code)
    .where(Area.parent_code == bindparam("province"))
)
