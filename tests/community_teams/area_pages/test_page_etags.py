"""Public pages that have not changed are told so, at the cost of one statement."""

import json

import pytest

from foundation.accounts.domain.roles import Role
from foundation.areas.models import Area, Outline

PAGES = ("/do-phu", "/do-phu/38", "/do-phu/14956", "/do-phu/38?lop=vneid-muc-2", "/do-phu/38?tuan=2026-11-09")
SQUARE = {"type": "Polygon", "coordinates": [[[105, 20], [105.1, 20], [105.1, 20.1], [105, 20.1], [105, 20]]]}


@pytest.fixture
def hamlet(make, now):
    hamlet = make.hamlet(commune=make.commune("14956"), official_households=40)
    make.visit(make.household(hamlet))
    return hamlet


def again(client, page, etag):
    return client.get(page, headers={"If-None-Match": etag})


@pytest.mark.parametrize("page", PAGES)
def test_an_unchanged_page_costs_one_statement(page, visitor, hamlet, count_statements):
    first = visitor.client.get(page)
    assert first.status_code == 200
    del count_statements[:]

    same = again(visitor.client, page, first.headers["ETag"])

    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"].partition(":")[0].strip('"') == first.headers["ETag"].partition(":")[0].strip('"')
    assert len([each for each in count_statements if "SAVEPOINT" not in each]) == 1
    assert "Cookie" in same.headers["Vary"]


def test_a_packed_page_is_known_again(visitor, hamlet):
    packed = visitor.client.get("/do-phu/38", headers={"Accept-Encoding": "gzip"})
    tag = packed.headers["ETag"].removeprefix("W/").strip('"').partition(":")[0]
    for known in (f'"{tag}:gzip"', f'W/"{tag}"', f'"{tag}:br"', f'"else", "{tag}"'):
        answer = visitor.client.get("/do-phu/38", headers={"If-None-Match": known, "Accept-Encoding": "gzip"})
        assert answer.status_code == 304, known


def test_whatever_a_page_shows_changes_its_tag(visitor, hamlet, make, session):
    def visit():
        make.visit(make.household(hamlet))

    def rename_province():
        session.get_one(Area, "38").name = "Thanh"

    def relist():
        hamlet.official_households = 50

    def new_hamlet():
        make.hamlet(commune=session.get_one(Area, "14956"))

    def new_province():
        make.province("40", name="Nghệ An")

    def outline():
        at = {"west": 105, "south": 20, "east": 105.1, "north": 20.1}
        session.add(Outline(area_code="14956", version="1", geojson=json.dumps(SQUARE), **at))

    for change in (visit, rename_province, relist, new_hamlet, new_province, outline):
        before = {page: visitor.client.get(page).headers["ETag"] for page in PAGES}
        change()
        session.commit()
        for page, etag in before.items():
            assert again(visitor.client, page, etag).status_code == 200, (change.__name__, page)


def test_each_address_language_and_day_has_a_tag_of_its_own(visitor, hamlet, monkeypatch, now):
    tags = [visitor.client.get(page).headers["ETag"] for page in PAGES]
    assert len(set(tags)) == len(tags)
    english = visitor.client.get("/do-phu", headers={"X-Interface-Language": "en"})
    assert english.headers["ETag"] != tags[0]
    monkeypatch.setattr("foundation.clock.now", lambda: now.replace(day=22))
    assert again(visitor.client, "/do-phu", tags[0]).status_code == 200


def test_who_is_signed_in_gets_the_page_anew(visitor, hamlet, make, session):
    etag = visitor.client.get("/do-phu/38").headers["ETag"]
    make.person(name="can-bo-tinh", role=Role.PROVINCE_OFFICER, area=session.get_one(Area, "38"))
    visitor.sign_in("can-bo-tinh")

    answer = again(visitor.client, "/do-phu/38", etag)

    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert again(visitor.client, "/do-phu/99999", etag).status_code == 404
