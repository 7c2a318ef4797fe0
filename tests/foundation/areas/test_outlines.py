import json
from itertools import pairwise

import pytest
import shapely
from shapely.geometry import shape

from foundation.areas.domain.outline_shapes import compressed_size, simplify
from foundation.areas.models import Outline
from foundation.areas.queries import outline_version, outlines_of
from foundation.areas.services.outlines import import_outlines


def square(west, south, size=0.1):
    return {"type": "Polygon", "coordinates": [ring(west, south, size)]}


def ring(west, south, size=0.1):
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code, geometry, **properties):
    return {"type": "Feature", "properties": {"code": code} | properties, "geometry": geometry}


def collection(*features):
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.fixture(autouse=True)
def communes(make):
    return [make.commune(code) for code in ("15607", "15610")]


@pytest.fixture
def file(tmp_path):
    def file(document, name="outlines.geojson"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return path

    return file


@pytest.fixture
def take_in(session, file):
    def take_in(*documents):
        return import_outlines(session, [file(d, f"{n}.geojson") for n, d in enumerate(documents)])

    return take_in


BOTH = collection(feature("15607", square(105, 20)), feature("15610", square(105.1, 20)))


def test_outlines_are_kept_by_code_and_read_back_as_geojson(take_in, session):
    report = take_in(BOTH)
    drawn = outlines_of(session, "38")

    assert (report.accepted, report.changed, report.skipped) == (2, 3, [])
    assert [area.code for area in drawn] == ["15607", "15610"]
    assert drawn[0].box == (105, 20, 105.1, 20.1)
    assert shape(json.loads(drawn[0].geojson)).equals(shape(square(105, 20)))


def test_the_same_outlines_again_change_nothing(take_in, session):
    take_in(BOTH)
    version = outline_version(session, "38")
    report = take_in(BOTH)

    assert report.changed == 0
    assert outline_version(session, "38") == version


def test_a_version_changes_with_the_outline_and_only_then(take_in, session):
    take_in(BOTH)
    versions = dict(session.query(Outline.area_code, Outline.version).all())
    report = take_in(collection(feature("15607", square(104.9, 20)), feature("15610", square(105.1, 20))))
    after = dict(session.query(Outline.area_code, Outline.version).all())

    assert report.changed == 2  # the commune, and its province
    assert after["15610"] == versions["15610"]
    assert after["15607"] != versions["15607"]


def test_there_is_no_version_before_there_is_an_outline(session):
    assert outline_version(session, "38") is None
    assert outline_version(session, None) is None


def test_a_province_is_put_together_from_its_communes(take_in, session):
    report = take_in(BOTH)
    (province,) = outlines_of(session, None)

    assert report.dissolved == ["38"]
    assert province.box == (105, 20, 105.2, 20.1)
    assert shape(json.loads(province.geojson)).area == pytest.approx(0.02)


def test_a_province_with_a_commune_lacking_is_not_put_together(take_in, session):
    report = take_in(feature("15607", square(105, 20)))

    assert report.accepted == 1
    assert report.incomplete == {"38": ["15610"]}
    assert outlines_of(session, None) == []


def test_an_outline_given_for_a_province_is_not_replaced_by_its_communes(take_in, session):
    own = {"type": "Feature", "properties": {"province_code": "38"}, "geometry": square(105, 20, 0.3)}
    take_in(BOTH)
    take_in(own)
    take_in(BOTH)
    (province,) = outlines_of(session, None)

    assert province.box == (105, 20, 105.3, 20.3)


def test_a_folder_with_a_file_for_each_ward_is_read(session, file, tmp_path):
    one = {"type": "Feature", "id": "15607", "properties": {}, "geometry": square(105, 20)}
    other = {"type": "Feature", "id": "15610", "properties": None, "geometry": square(105.1, 20)}
    file(collection(one), "38_thanh_hoa/wards/15607_bat_mot.geojson")
    file(other, "38_thanh_hoa/wards/15610_yen_nhan.geojson")
    file("read me", "38_thanh_hoa/README.md")
    report = import_outlines(session, [tmp_path])

    assert (report.accepted, report.skipped) == (2, [])


def many(west, south, east, north):
    return {"type": "MultiPolygon", "coordinates": [[[[west, south], [east, south], [east, north], [west, south]]]]}


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (None, "empty"),
        ({"type": "Polygon", "coordinates": []}, "empty"),
        ({"type": "Point", "coordinates": [105, 20]}, "not_a_polygon"),
        ({"type": "LineString", "coordinates": [[105, 20], [105.1, 20]]}, "not_a_polygon"),
        ("POLYGON ((105 20, 106 20, 106 21, 105 20))", "faulty_geometry"),
        ({"type": "Polygon", "coordinates": [[[105, 20], [106, 20]]]}, "faulty_geometry"),
        ({"type": "Polygon", "coordinates": [[["a", "b"], ["c", "d"], ["e", "f"], ["a", "b"]]]}, "faulty_geometry"),
        ({"type": "Polygon", "coordinates": [105, 20]}, "faulty_geometry"),
        ({"type": "Polygon", "coordinates": {"0": 105}}, "faulty_geometry"),
        (square(105, 20, 0), "beyond_repair"),
        (square(105, 20, 0.00001), "beyond_repair"),
        (many(20, 105, 20.1, 105.1), "swapped"),
        (many(500_000, 2_200_000, 510_000, 2_210_000), "projected"),
        (many(2.3, 48.8, 2.4, 48.9), "outside_vietnam"),
        (many(105, 20, 105.1, 50), "outside_vietnam"),
    ],
)
def test_a_bad_outline_is_left_out_with_its_reason_and_the_good_ones_stay(take_in, session, geometry, reason):
    report = take_in(collection(feature("15607", geometry), feature("15610", square(105.1, 20))))

    assert [(skipped.code, skipped.reason) for skipped in report.skipped] == [("15607", reason)]
    assert [area.code for area in outlines_of(session, "38")] == ["15610"]


def test_outlines_that_lie_on_each_other_are_kept_and_named(take_in, session):
    report = take_in(collection(feature("15607", square(105, 20)), feature("15610", square(105.05, 20))))

    assert report.overlapping == [("15607", "15610")]
    assert [area.code for area in outlines_of(session, "38")] == ["15607", "15610"]
    beside = take_in(collection(feature("15607", square(105, 20)), feature("15610", square(105.1, 20))))
    assert beside.overlapping == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_coordinates_that_are_no_numbers_are_left_out(take_in, number):
    ring = f"[[105, 20], [105.1, {number}], [105.1, 20.1], [105, 20]]"
    report = take_in(
        f'{{"type": "Feature", "id": "15607", "geometry": {{"type": "Polygon", "coordinates": [{ring}]}}}}'
    )

    assert report.accepted == 0
    assert [skipped.code for skipped in report.skipped] == ["15607"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "not_json"),
        ("<kml/>", "not_json"),
        ("[" * 100_000, "not_json"),
        ("[]", "not_geojson"),
        ("null", "not_geojson"),
        ('{"type": "Topology"}', "not_geojson"),
        ('{"type": "FeatureCollection", "features": {}}', "not_geojson"),
        ('{"type": "FeatureCollection", "features": [17]}', "no_code"),
        (json.dumps(feature(None, square(105, 20))), "no_code"),
        (json.dumps(feature(True, square(105, 20))), "no_code"),
        (json.dumps(feature("99999", square(105, 20))), "unknown_code"),
    ],
)
def test_a_file_of_something_else_is_named_and_the_next_one_is_read(take_in, content, reason):
    report = take_in(content, BOTH)

    assert [(skipped.file, skipped.reason) for skipped in report.skipped] == [("0.geojson", reason)]
    assert report.accepted == 2


def test_text_that_is_no_unicode_is_no_json(session, tmp_path):
    (tmp_path / "one.geojson").write_bytes(b"\xff\xfe\xfa{")

    assert [skipped.reason for skipped in import_outlines(session, [tmp_path]).skipped] == ["not_json"]


def test_a_code_given_twice_is_taken_once_and_said(take_in):
    report = take_in(BOTH, feature("15607", square(104, 20)))

    assert [(s.file, s.code, s.reason, s.hint) for s in report.skipped] == [
        ("1.geojson", "15607", "doubled", "0.geojson")
    ]


def test_an_outdated_code_is_told_with_the_code_the_area_has_now(take_in):
    report = take_in(feature("15600", square(105, 20), name="Bát Mọt", province_code="38"))

    assert [(skipped.reason, skipped.hint) for skipped in report.skipped] == [("unknown_code", "15607")]


def test_a_border_that_crosses_itself_is_repaired_and_said(take_in, session):
    bow_tie = {"type": "Polygon", "coordinates": [[[105, 20], [105.1, 20.1], [105.1, 20], [105, 20.1], [105, 20]]]}
    report = take_in(feature("15607", bow_tie))
    (drawn,) = outlines_of(session, "38")

    assert report.repaired == [("0.geojson", "15607")]
    assert shape(json.loads(drawn.geojson)).is_valid


def test_heights_are_left_out(take_in, session):
    high = {"type": "Polygon", "coordinates": [[[*point, 800.0] for point in ring(105, 20)]]}
    take_in(feature("15607", high))
    (drawn,) = outlines_of(session, "38")

    assert len(json.loads(drawn.geojson)["coordinates"][0][0]) == 2


def crooked(size, step):
    """`size` neighbours in a row, with a winding border between each two."""
    borders = []
    for n in range(size + 1):
        winding = [(105 + n * 0.1 + (k * k * 7 % 11 - 5) * 0.002, 20 + k * step) for k in range(round(0.2 / step) + 1)]
        borders.append(winding)
    return {f"{n:05}": shapely.Polygon([*left, *reversed(right)]) for n, (left, right) in enumerate(pairwise(borders))}


def test_neighbours_still_share_their_border_after_simplifying():
    given = crooked(12, 0.001)
    simple = simplify(given, budget=2_000)

    assert set(simple) == set(given)
    assert shapely.coverage_is_valid(list(simple.values()))
    assert all(outline.is_valid and not outline.is_empty for outline in simple.values())
    assert compressed_size(list(simple.values())) <= 2_000 < compressed_size(list(given.values()))
    # Nothing lies between them: together they are one piece without holes.
    together = shapely.union_all(list(simple.values()))
    assert together.geom_type == "Polygon"
    assert not together.interiors


def test_the_order_of_outlines_makes_no_difference():
    given = crooked(5, 0.002)

    assert simplify(given, 900) == simplify(dict(reversed(given.items())), 900)


def test_no_area_disappears_however_small_the_budget():
    simple = simplify(crooked(12, 0.002), budget=1)

    assert not any(outline.is_empty for outline in simple.values())
