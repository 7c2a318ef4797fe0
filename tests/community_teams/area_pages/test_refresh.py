"""Fresh numbers for an open page: short, the same as the page's, and silent about what the page hides."""

import gzip
import json
from datetime import UTC, date, datetime

import pytest

from community_teams.models import HamletTotal
from foundation.accounts.domain.roles import Role

NUMBERS = "/api/v1/coverage/15607?dang=so"


@pytest.fixture
def hamlets(make, session):
    """Four hamlets of Bát Mọt; the last two are hidden, one for its few households and one to cover it."""
    made = []
    for name, households, reached in [("Ao", 200, 120), ("Bưởi", 300, 33), ("Cau", 8, 4), ("Dừa", 40, 20)]:
        hamlet = make.hamlet(name=name, official_households=households, households_source="Danh sách của xã")
        total = HamletTotal(
            hamlet_code=hamlet.code,
            path=hamlet.path,
            households=households + 1,
            reached=reached,
            knocked=reached,
            last_visit_on=date(2026, 11, 20),
            updated_at=datetime(2026, 11, 20, 5, tzinfo=UTC),
        )
        session.add(total)
        made.append((hamlet, total))
    session.commit()
    return made


@pytest.fixture
def numbers(visitor):
    return lambda: visitor.client.get(NUMBERS).get_json()


def data_of(page, name):
    return page.html.partition(f' data-{name}="')[2].partition('"')[0]


def test_a_page_knows_which_numbers_fit_it(visitor, hamlets, numbers):
    page = visitor.open("/do-phu/15607")

    assert data_of(page, "counts") == NUMBERS
    assert data_of(page, "areas") == numbers()["areas"]
    assert len(data_of(page, "codes").split()) == len(numbers()["counts"]) == 4


def test_the_numbers_are_those_the_public_page_tells(visitor, hamlets, numbers):
    told = visitor.client.get("/api/v1/coverage/15607").get_json()
    children = sorted(told["children"], key=lambda child: child["code"])
    names = ("households", "reached_listed", "reached", "enumerated")

    assert numbers()["own"] == [told["figures"][name] for name in names]
    assert numbers()["counts"] == [
        None if child["hidden"] else [child["figures"][name] for name in names] for child in children
    ]
    assert numbers()["counts"][0] == [200, 120, 120, 201]


def test_a_hidden_hamlet_is_in_no_refresh_not_even_by_what_changes(visitor, hamlets, numbers, session):
    before = visitor.client.get(NUMBERS)
    assert before.get_json()["counts"][2:] == [None, None]
    for (_, total), reached in zip(hamlets[2:], (6, 18), strict=True):  # two met more here, two less there
        total.reached = total.knocked = reached
    session.commit()

    after = visitor.client.get(NUMBERS, headers={"If-None-Match": before.headers["ETag"]})

    assert after.status_code == 304


def test_a_member_of_the_team_gets_the_publics_numbers_too(visitor, hamlets, numbers, make):
    outside = numbers()
    make.person("can-bo", role=Role.COMMUNE_OFFICER, area=make.commune())
    visitor.sign_in("can-bo")

    assert numbers() == outside
    assert " data-counts=" not in visitor.open("/do-phu/15607").html


def test_a_new_visit_changes_numbers_only(hamlets, numbers, session):
    before = numbers()
    hamlets[0][1].reached += 1
    session.commit()

    assert numbers()["areas"] == before["areas"]
    assert numbers()["counts"][0] == [200, 121, 121, 201]
    assert numbers()["own"][1] == before["own"][1] + 1


@pytest.mark.parametrize("change", ["name", "list", "doubtful", "hidden"])
def test_what_numbers_alone_cannot_say_asks_for_a_fresh_page(hamlets, numbers, session, change):
    before = numbers()["areas"]
    hamlet, total = hamlets[1]
    if change == "name":
        hamlet.name = "Bòng"
    elif change == "list":
        hamlet.households_as_of = date(2026, 11, 1)
    elif change == "doubtful":
        total.reached = 301
    else:
        hamlet.official_households = 9
    session.commit()

    assert numbers()["areas"] != before


def test_a_province_fits_into_two_kilobytes(visitor, make, session):
    for number in range(166):
        hamlet = make.hamlet(
            commune=make.commune(f"{15000 + 3 * number}"), official_households=5000 + 37 * number % 999
        )
        session.add(
            HamletTotal(
                hamlet_code=hamlet.code,
                path=hamlet.path,
                households=5100 + 91 * number % 987,
                reached=2000 + 1013 * number % 2999,
                knocked=5000,
                last_visit_on=date(2026, 11, 20),
                updated_at=datetime(2026, 11, 20, 5, tzinfo=UTC),
            )
        )
    session.commit()

    answer = visitor.client.get("/api/v1/coverage/38?dang=so")

    assert len(json.loads(answer.data)["counts"]) == 166
    assert len(gzip.compress(answer.data, 6)) <= 2048
