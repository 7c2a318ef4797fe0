"""Pages made of what is kept are those made anew: after visits, new lists, new names and hamlets that come or go."""

from datetime import date
from random import Random

import pytest

from community_teams.maps import kept_drawings, seen
from community_teams.queries import area_versions, coverage, keeping, kept_layers, layer_veils, layers
from community_teams.queries.kept_counters import COUNTERS
from community_teams.queries.kept_weeks import BY_WEEK
from community_teams.services.hamlet_moves import merge_hamlet
from foundation.accounts.domain.roles import Role
from foundation.areas.domain.hamlet_lists import NewHamlet
from foundation.areas.domain.kinds import Kind
from foundation.areas.domain.scope import NATION
from foundation.areas.models import Area
from foundation.areas.services.hamlets import add_hamlets
from foundation.areas.services.versions import renew_versions
from tests.conftest import NOON

MONDAY = date(2026, 11, 9)
CONSENT = {"level": "code", "text_version": "2026-11", "how": "spoken"}
ASKED = ("", f"?tuan={MONDAY}", "?lop=vneid-muc-2", f"?lop=tieng-noi&tuan={MONDAY}", f"?lop=go-cua&tuan={MONDAY}")


@pytest.fixture
def forget(monkeypatch):
    """Whatever this process keeps of pages is gone, and made anew as it is asked for."""

    def forget():
        keeping._stores.clear()
        area_versions._known.clear()
        kept_layers._until.cache_clear()
        for sums in (COUNTERS, BY_WEEK):
            sums._kept.clear()
        monkeypatch.setattr(kept_drawings, "_texts", kept_drawings._Texts())
        kept_drawings._pieces.cache_clear()
        for room in (coverage, layers, layer_veils, seen):
            for kept in (each for each in vars(room).values() if isinstance(each, coverage.Unchanged)):
                kept._made.clear()

    return forget


@pytest.fixture
def places(make, session):
    """Six hamlets in two communes of one province, and one in another province, some of them small."""
    communes = [make.commune("14956"), make.commune("15061"), make.commune("16792", province=make.province("40"))]
    hamlets = []
    for commune, sizes in zip(communes, ((12, 30, 4), (25, None, 11), (40,)), strict=True):
        hamlets += [make.hamlet(commune=commune, official_households=size) for size in sizes]
        for hamlet in hamlets[-len(sizes) :]:
            for _ in range(hamlet.official_households or 14):
                make.household(hamlet)
    renew_versions(session, [commune.code for commune in communes])
    session.commit()
    return hamlets


@pytest.mark.parametrize("seed", range(2))
def test_a_page_of_what_is_kept_is_the_page_made_anew(seed, app, make, places, session, visitor, forget):
    chance = Random(seed)
    member = make.member()
    make.person(name="can-bo-tinh", role=Role.PROVINCE_OFFICER, area=session.get_one(Area, "38"))
    officer = type(visitor)(app)
    officer.sign_in("can-bo-tinh")

    def visit(hamlet):
        household = make.household(hamlet)
        people = [{"vneid_level": chance.choice(["level1", "level2"])} for _ in range(chance.randint(1, 8))]
        more = {"consent": CONSENT, "people": people, "language_used": ["mtq"]}
        make.visit(household, member=member, days_ago=chance.choice([0, 12]), **more)

    def relist(hamlet):
        name, size = f"Bản {chance.randint(1, 99)}", chance.choice([3, 11, 50])
        of = {"households": size, "source": "UBND xã", "as_of": MONDAY}
        add_hamlets(session, [NewHamlet(hamlet.parent_code, name, Kind.BAN, hamlet.code, **of)])

    def end(hamlet):
        left = [each for each in places if each.parent_code == hamlet.parent_code and each is not hamlet]
        if len(left) > 1:
            places.remove(hamlet)
            merge_hamlet(session, hamlet.code, left[0].code, mark="X-", by="test", scope=NATION, now=NOON)

    for _ in range(5):
        chance.choice([visit, visit, visit, relist, relist, end])(chance.choice(places))
        session.commit()
        beneath = {code for hamlet in chance.sample(places, 2) for code in (hamlet.code, hamlet.parent_code)}
        pages = [
            f"/do-phu{code and '/'}{code}{asked}" for code in ("", "38", "40", *sorted(beneath)) for asked in ASKED
        ]
        chance.shuffle(pages)
        kept = [(who, page, who.open(page)) for page in pages for who in (visitor, officer)]
        forget()
        for who, page, found in kept:
            assert found.html == who.open(page).html, page
