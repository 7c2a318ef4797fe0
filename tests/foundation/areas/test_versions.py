"""Versions of communes: another one whenever something beneath has changed."""

from sqlalchemy import select

from foundation.areas.domain.hamlet_lists import NewHamlet
from foundation.areas.domain.kinds import Kind
from foundation.areas.models import CommuneVersion
from foundation.areas.services.hamlets import add_hamlets
from foundation.areas.services.versions import renew_counts_around, renew_versions


def versions(session):
    return dict(session.execute(select(CommuneVersion.commune_code, CommuneVersion.version)).all())


def versions_of_areas(session):
    return dict(session.execute(select(CommuneVersion.commune_code, CommuneVersion.areas)).all())


def test_a_new_hamlet_and_a_new_list_are_changes_and_the_same_list_again_is_none(session, make):
    commune = make.commune()
    seen = []
    for households in (None, 40, 40):
        hamlet = NewHamlet(commune.code, "Mẫu 1", Kind.BAN, households=households, source="Mẫu" if households else None)
        add_hamlets(session, [hamlet])
        seen.append(versions(session)[commune.code])

    assert seen[0] != seen[1] == seen[2]


def test_only_the_communes_of_the_hamlets_named_are_new(session, make):
    here, there = make.commune("14956"), make.commune("15061")
    hamlet = make.hamlet(commune=here)
    renew_versions(session, [here.code, there.code])
    before = versions(session)

    renew_counts_around(session, [hamlet.code])

    after = versions(session)
    assert before[here.code] != after[here.code]
    assert before[there.code] == after[there.code]


def test_what_is_counted_leaves_the_version_of_the_areas_alone_and_a_new_name_does_not(session, make):
    hamlet = make.hamlet(commune=make.commune("14956"))
    renew_versions(session, ["14956"])
    first = versions_of_areas(session)

    renew_counts_around(session, [hamlet.code])
    assert versions_of_areas(session) == first
    hamlet.name = "Tân Lập"
    session.flush()
    renamed = versions_of_areas(session)
    assert renamed != first
    renew_versions(session, ["14956"])
    assert versions_of_areas(session) != renamed


def test_nothing_and_nobody_are_no_change(session, make):
    make.commune()

    renew_versions(session, [])
    renew_counts_around(session, ["không-có"])

    assert versions(session) == {}
