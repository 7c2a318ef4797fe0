"""Areas for tests: Thanh Hóa and Bát Mọt are there at the first call; every hamlet is made up."""

from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.domain.naming import fold, sort_key
from foundation.areas.models import Area
from tests.making.maker import Maker


class MakesAreas(Maker):
    def province(self, code="38", name="Thanh Hóa", **more) -> Area:
        """The province with this code, made at the first call."""
        return self._area(code, None, name, Level.PROVINCE, {"kind": AreaKind.TINH} | more)

    def commune(self, code="15607", name=None, province=None, **more) -> Area:
        """The commune with this code, made at the first call, in Thanh Hóa if nothing else is said."""
        name = name or ("Bát Mọt" if code == "15607" else f"Mẫu {code}")
        return self._area(code, province or self.province(), name, Level.COMMUNE, {"kind": AreaKind.XA} | more)

    def hamlet(self, commune=None, name=None, code=None, **more) -> Area:
        """A hamlet of its own at every call, "Mẫu 1", "Mẫu 2"…, in Bát Mọt if nothing else is said."""
        commune = commune or self.commune()
        number = self.number()
        code = code or f"{commune.code}-{number:03}"
        return self._area(code, commune, name or f"Mẫu {number}", Level.HAMLET, {"kind": AreaKind.BAN} | more)

    def _area(self, code, parent, name, level, more) -> Area:
        known = self.session.get(Area, code)
        if known is not None:
            return known
        return self.add(
            Area(
                code=code,
                parent_code=parent.code if parent else None,
                path=f"{parent.path if parent else ''}{code}/",
                level=level,
                name=name,
                sort_key=sort_key(name),
                folded=fold(name),
                **more,
            )
        )
