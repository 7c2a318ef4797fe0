"""The map: every area drawn once, in the colour of its class, as well-formed XML, with the islands on it."""

import itertools
import json
from datetime import date
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community_teams.coverage.domain.coverage import Coverage, Shade
from community_teams.coverage.domain.drawing import (
    ARCHIPELAGOS,
    Style,
    as_json,
    draw_tiles,
    from_json,
    in_reading_order,
    tiles_by_place,
    tiles_in_order,
    wrapped,
)
from community_teams.coverage.domain.layers import LAYERS, Key, LayerCell
from community_teams.coverage.domain.map_style import COLOURS, Visibility, count_legend, legend, style_for
from community_teams.coverage.domain.outline_drawing import draw_outlines
from community_teams.coverage.maps.features import layer_features, map_features
from community_teams.coverage.maps.geometry import geometry_for
from community_teams.coverage.maps.svg import draw_map, map_words
from community_teams.coverage.queries.coverage import THE_NATION, ChildCoverage, Place, place_of
from community_teams.queries.places import children_of
from foundation.areas.domain.kinds import AreaKind, Level
from foundation.areas.domain.scope import NATION
from foundation.areas.models import Area, Outline

SVG = "{http://www.w3.org/2000/svg}"
WORDS = map_words(
    label="Bản đồ",
    names={"xa": "xã {name}", "tinh": "tỉnh {name}"},
    share="{name}: {share}, {reached} trên {households}",
    hidden="{name}: ẩn",
    no_share="{name}: chưa biết",
    nothing="{name}: chưa có",
    layer_share="{name}: {share}, {number}/{out_of}",
    layer_count="{name}: {number}",
    not_asked="{name}: chưa hỏi",
    stale="lâu không gửi",
    few="dưới {number}",
    suppressed="ẩn",
    archipelago="Quần đảo {name}",
    archipelago_word="Quần đảo",
    archipelagos={"hoang_sa": "Hoàng Sa", "truong_sa": "Trường Sa"},
)


def commune(code, name="Mẫu"):
    return Place(code, f"38/{code}/", Level.COMMUNE, AreaKind.XA, name)


def reached(part, whole):
    return Coverage.of_hamlet(whole, "Danh sách", date(2026, 6, 1), whole or 50, part, part)


def drawn(lines, base="/do-phu/", drawing=None):
    drawing = drawing or draw_tiles(in_reading_order([line.place.code for line in lines]))
    return ElementTree.fromstring(draw_map(drawing, map_features(lines), WORDS, base))


def tiles(svg):
    """By the address each area leads to: (colour, sentence, value)."""
    told = {}
    for link in svg.findall(f"{SVG}a"):
        values = [text.text for text in link.findall(f"{SVG}text") if text.get("class", "").startswith("map-value")]
        told[link.get("href")] = (link.find(f"{SVG}path").get("fill"), link.get("aria-label"), *values)
    return told


def test_every_area_has_a_tile_in_the_colour_of_its_class():
    lines = [
        ChildCoverage(commune("15601", "Một"), reached(19, 100)),
        ChildCoverage(commune("15602", "Hai"), reached(20, 100)),
        ChildCoverage(commune("15603", "Ba"), reached(79, 100)),
        ChildCoverage(commune("15604", "Bốn"), reached(80, 100)),
        ChildCoverage(commune("15605", "Năm"), reached(95, 100)),
    ]

    assert tiles(drawn(lines)) == {
        "/do-phu/15601": ("#ffffcc", "xã Một: 19\N{NO-BREAK SPACE}%, 19 trên 100", "19"),
        "/do-phu/15602": ("#a1dab4", "xã Hai: 20\N{NO-BREAK SPACE}%, 20 trên 100", "20"),
        "/do-phu/15603": ("#41b6c4", "xã Ba: 79\N{NO-BREAK SPACE}%, 79 trên 100", "79"),
        "/do-phu/15604": ("#2c7fb8", "xã Bốn: 80\N{NO-BREAK SPACE}%, 80 trên 100", "80"),
        "/do-phu/15605": ("#253494", "xã Năm: 95\N{NO-BREAK SPACE}%, 95 trên 100", "95"),
    }


def test_unknown_hidden_and_over_a_hundred_are_told_apart():
    told = tiles(
        drawn(
            [
                ChildCoverage(commune("15601"), reached(7, None)),
                ChildCoverage(commune("15602"), None),
                ChildCoverage(commune("15603"), reached(125, 100)),
            ]
        )
    )

    assert told["/do-phu/15601"] == ("url(#hatch)", "xã Mẫu: chưa biết")
    assert told["/do-phu/15602"] == ("#ffffff", "xã Mẫu: ẩn", "ẩn")
    assert told["/do-phu/15603"][0] == "#253494"
    assert told["/do-phu/15603"][2] == "125"


def test_a_count_rounded_down_to_nothing_is_told_as_a_few():
    lines = [ChildCoverage(commune("15601"), reached(10, 100)), ChildCoverage(commune("15602"), reached(10, 100))]
    cells = {"15601": LayerCell(0, None, rounded=True), "15602": LayerCell(0, None)}
    drawing = draw_tiles(in_reading_order(list(cells)))

    svg = draw_map(drawing, layer_features(lines, LAYERS[Key.LESSONS], cells), WORDS, "/do-phu/")

    told = tiles(ElementTree.fromstring(svg))
    assert told["/do-phu/15601"][1:] == ("xã Mẫu: dưới 5", "<5")
    assert told["/do-phu/15602"][1:] == ("xã Mẫu: 0", "0")


def test_names_that_look_like_markup_do_no_harm():
    svg = drawn([ChildCoverage(commune("15601", '<b>B\'Lao & "Tả"</b> {name}'), reached(10, 100))])

    assert tiles(svg)["/do-phu/15601"][1].startswith('xã <b>B\'Lao & "Tả"</b> {name}: ')


def test_in_print_nothing_can_be_tapped():
    svg = drawn([ChildCoverage(commune("15601"), reached(10, 100))], base="")

    assert svg.findall(f"{SVG}a") == []
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == "Bản đồ"


def test_the_drawing_needs_no_style_of_its_own():
    written = draw_map(
        draw_tiles({"15601": (0, 0), "hoang_sa": (2, 0), "truong_sa": (2, 2)}),
        map_features([ChildCoverage(commune("15601"), reached(10, 100))]),
        WORDS,
        "/do-phu/",
    )

    assert "style" not in written
    assert "<script" not in written


@given(
    st.dictionaries(st.integers(10000, 10400).map(str), st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1)
)
def test_tiles_never_overlap(cells):
    placed = {}
    for code, cell in cells.items():
        placed.setdefault(cell, code)
    drawing = draw_tiles({code: cell for cell, code in placed.items()} | {"hoang_sa": (40, 0), "truong_sa": (40, 31)})

    assert len({shape.path for shape in drawing.shapes}) == len(placed)
    for shape in drawing.shapes:
        assert 0 < shape.x < drawing.width
        assert 0 < shape.y < drawing.height


@pytest.mark.parametrize("place", [(0, 0), (3, 1), (1, 1), (2, 2)])
def test_an_archipelago_finds_sea_for_its_two_tiles_wherever_it_lies(place):
    land = {str(number): (number % 4, number // 4) for number in range(12) if (number % 4, number // 4) != place}
    drawing = draw_tiles(land | {"hoang_sa": place})
    (islands,) = drawing.archipelagos

    left, right = islands.x - 100, islands.x + 100
    row = islands.y // 100
    assert all(not (left < shape.x < right and shape.y // 100 == row) for shape in drawing.shapes)
    assert left >= 0
    assert right <= drawing.width


def test_the_map_of_the_nation_always_shows_hoang_sa_and_truong_sa(make, session):
    provinces = [make.province("38"), make.province("48", name="Đà Nẵng")]
    lines = [ChildCoverage(place_of(session, each.code)[0], reached(10, 100)) for each in provinces]
    drawing = geometry_for(session, THE_NATION, [line.place for line in lines])

    assert {islands.key for islands in drawing.archipelagos} == set(ARCHIPELAGOS)
    told = tiles(drawn(lines, drawing=drawing))
    assert told["/do-phu/48"] is not None
    text = "".join(drawn(lines, drawing=drawing).itertext())
    assert "Hoàng Sa" in text
    assert "Trường Sa" in text


def test_no_province_shows_the_archipelagos_as_somebody_elses(make, session):
    commune = make.commune()

    assert geometry_for(session, place_of(session, "38")[0], [place_of(session, commune.code)[0]]).archipelagos == ()


SQUARE = {"type": "Polygon", "coordinates": [[[105, 20], [105.1, 20], [105.1, 20.1], [105, 20.1], [105, 20]]]}
NEIGHBOUR = {"type": "Polygon", "coordinates": [[[105.1, 20], [105.3, 20], [105.3, 20.1], [105.1, 20.1], [105.1, 20]]]}
FAR_AWAY = {"type": "Polygon", "coordinates": [[[112, 16.5], [112.001, 16.5], [112.001, 16.501], [112, 16.5]]]}


def outline(code, geometry, version="1"):
    ring = geometry["coordinates"][0]
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return Outline(
        area_code=code,
        version=version,
        geojson=json.dumps(geometry),
        west=min(xs),
        south=min(ys),
        east=max(xs),
        north=max(ys),
    )


def test_real_outlines_are_drawn_only_when_every_child_has_one(make, session):
    make.commune("15601", name="Một")
    make.commune("15602", name="Hai")
    province, _ = place_of(session, "38")
    children = [place_of(session, code)[0] for code in ("15601", "15602")]
    session.add(outline("15601", SQUARE))
    session.commit()

    assert geometry_for(session, province, children).style is Style.TILES

    session.add(outline("15602", NEIGHBOUR))
    session.commit()
    drawing = geometry_for(session, province, children)
    assert drawing.style is Style.OUTLINES
    assert {shape.code for shape in drawing.shapes} == {"15601", "15602"}


def test_a_changed_outline_is_drawn_anew(make, session):
    make.commune("15601", name="Một")
    province, _ = place_of(session, "38")
    children = [place_of(session, "15601")[0]]
    session.add(outline("15601", SQUARE))
    session.commit()
    before = geometry_for(session, province, children)
    kept = session.get(Outline, "15601")
    kept.geojson, kept.version = json.dumps(NEIGHBOUR), "2"
    session.commit()

    assert geometry_for(session, province, children).shapes[0].path != before.shapes[0].path


def test_neighbours_share_the_points_of_their_border_and_stand_north_up():
    drawing = draw_outlines({"a": SQUARE, "b": NEIGHBOUR})
    left, right = drawing.shapes

    assert left.x < right.x
    # A degree of longitude is narrower than one of latitude here: the square is taller than wide.
    assert left.room < drawing.height
    assert drawing.width > drawing.height


def test_an_area_too_small_to_draw_is_still_there():
    drawing = draw_outlines({"a": SQUARE, "speck": FAR_AWAY})

    speck = next(shape for shape in drawing.shapes if shape.code == "speck")
    assert speck.path.endswith("z")
    assert speck.room > 0


def test_on_outlines_the_archipelagos_are_named_and_signed_where_the_outlines_have_none():
    without = draw_outlines({"48": SQUARE}, nation=True)
    with_islands = draw_outlines(
        {"48": {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], FAR_AWAY["coordinates"]]}}, nation=True
    )

    assert [bool(islands.dots) for islands in without.archipelagos] == [True, True]
    assert [bool(islands.dots) for islands in with_islands.archipelagos] == [False, True]
    for islands in without.archipelagos:
        assert 0 < islands.x < without.width
        assert 0 < islands.y < without.height


CRESCENT = {
    "type": "Polygon",
    "coordinates": [
        [[105, 20], [106, 20], [106, 21], [105, 21], [105, 20.9], [105.9, 20.9], [105.9, 20.1], [105, 20.1], [105, 20]]
    ],
}


def test_the_number_stands_inside_even_a_bent_area():
    (shape,) = draw_outlines({"a": CRESCENT}).shapes
    drawing = draw_outlines({"a": CRESCENT})
    left, top = shape.x / drawing.width, shape.y / drawing.height

    assert left > 0.9 or top < 0.11 or top > 0.89


def test_what_is_no_area_is_refused():
    with pytest.raises(ValueError, match="Point"):
        draw_outlines({"a": {"type": "Point", "coordinates": [105, 20]}})


def test_the_legend_names_each_class_once_and_leaves_no_gap():
    classes = legend()

    assert [(each.start, each.to) for each in classes] == [(0, 19), (20, 49), (50, 79), (80, 94), (95, None)]
    assert [each.fill for each in classes] == ["#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494"]


def test_the_legend_of_tens_says_what_a_ten_stands_for():
    assert [(each.start, each.to) for each in count_legend()] == [(0, 0), (1, 9), (10, 49), (50, 199), (200, None)]
    assert [(each.start, each.to) for each in count_legend(rounded=True)] == [(0, 4), (5, 49), (50, 199), (200, None)]


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("shade", list(Shade))
def test_every_ink_can_be_read_on_its_colour(shade):
    dark, light = sorted(luminance(colour) for colour in COLOURS[shade])

    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_colours_also_read_in_grey():
    greys = [luminance(COLOURS[shade][0]) for shade in Shade]

    assert greys == sorted(greys, reverse=True)
    assert all(lighter > 1.4 * darker for lighter, darker in itertools.pairwise(greys))


def test_a_mark_cuts_the_percentage_and_never_rounds_it_up():
    assert style_for(reached(1999, 2000)).percent == 99
    assert style_for(reached(29, 100)).percent == 29
    assert style_for(None).visibility is Visibility.HIDDEN


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Bát Mọt", ("Bát Mọt",)),
        ("Nam Xuân", ("Nam", "Xuân")),
        ("Mẫu 12", ("Mẫu 12",)),
        ("Điện Biên Phủ Tây Đông", ("Điện", "Biên …")),
        ("Nghiêngngả", ("Nghiên…",)),
    ],
)
def test_a_name_is_cut_to_fit_its_tile(name, lines):
    assert wrapped(name, 7) == lines


def test_the_geometry_is_stored_when_areas_change_and_only_read_by_pages(make, session, monkeypatch):
    """Also where a commune is added, moved or ended: the map of a page is the one reckoned for the areas of today."""
    for number, code in enumerate(("15601", "15602", "15603")):
        make.commune(code, latitude=20.0 + number / 10, longitude=105.0)
    province, _ = place_of(session, "38")
    middle = {code: (area.longitude, area.latitude) for code in ("15601", "15602") if (area := session.get(Area, code))}
    session.get_one(Area, "15603").valid_to = date(2026, 11, 1)
    session.commit()
    monkeypatch.setattr(
        "community_teams.coverage.domain.drawing.pack", lambda places: pytest.fail("reckoned for a page")
    )
    children = children_of(session, NATION, province)

    drawing = geometry_for(session, province, children)

    monkeypatch.undo()
    assert {shape.code for shape in drawing.shapes} == set(middle)
    assert drawing == tiles_by_place(middle, nation=False)
    session.get_one(Area, "15602").latitude = None
    session.commit()
    children = children_of(session, NATION, province)
    assert geometry_for(session, province, children) == tiles_in_order([each.code for each in children], nation=False)


def test_a_drawing_comes_back_from_its_stored_form_as_it_was():
    drawing = draw_tiles({"15601": (0, 0), "hoang_sa": (2, 0), "truong_sa": (2, 2)})
    assert from_json(json.loads(json.dumps(as_json(drawing)))) == drawing
