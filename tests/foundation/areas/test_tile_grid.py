import random
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.areas.domain.kinds import HOANG_SA, TRUONG_SA
from foundation.areas.domain.tile_grid import pack

degrees = st.tuples(st.floats(102, 118), st.floats(6, 24))
places = st.dictionaries(st.text("0123456789", min_size=1, max_size=5), st.none() | degrees, max_size=60)

# Roughly the middles of some provinces, from Lai Châu to Cà Mau.
COAST = {
    "12": (103.2, 22.3), "04": (106.1, 22.7), "22": (107.2, 21.3), "01": (105.7, 21.0), "14": (104.1, 21.2),
    "38": (105.3, 20.0), "40": (104.9, 19.2), "42": (105.7, 18.3), "44": (106.5, 17.2), "46": (107.5, 16.3),
    "48": (108.0, 15.6), "51": (108.1, 14.8), "52": (108.4, 13.9), "66": (108.5, 12.7), "56": (109.0, 12.1),
    "68": (108.0, 11.7), "79": (106.6, 11.0), "92": (105.8, 9.7), "96": (105.2, 9.1),
}  # fmt: skip
ISLANDS = {HOANG_SA: (112.1, 16.6), TRUONG_SA: (114.5, 9.7)}


def province(size, seed=1):
    chance = random.Random(seed)
    return {f"{n:05}": (105 + chance.random() ** 2, 20 + chance.random()) for n in range(size)}


@given(places)
@settings(derandomize=True, deadline=None, database=None, max_examples=150)
def test_every_area_has_one_tile_and_no_two_share_one(given_places):
    tiles = pack(given_places)

    assert set(tiles) == set(given_places)
    assert len(set(tiles.values())) == len(tiles)
    if tiles:
        assert min(column for column, _ in tiles.values()) == 0
        assert min(row for _, row in tiles.values()) == 0


@given(places, st.randoms(use_true_random=False))
@settings(derandomize=True, deadline=None, database=None, max_examples=50)
def test_the_order_of_known_places_makes_no_difference(given_places, chance):
    known = [(code, place) for code, place in given_places.items() if place is not None]
    shuffled = known.copy()
    chance.shuffle(shuffled)

    assert pack(dict(known)) == pack(dict(shuffled))


def test_the_country_keeps_its_shape():
    tiles = pack(COAST)

    assert tiles["12"][0] < tiles["22"][0]
    assert tiles["14"][0] < tiles["01"][0]
    assert tiles["04"][1] < tiles["38"][1] < tiles["42"][1] < tiles["46"][1] < tiles["66"][1] < tiles["96"][1]
    assert tiles["96"][0] < tiles["56"][0]
    height = 1 + max(row for _, row in tiles.values())
    width = 1 + max(column for column, _ in tiles.values())
    assert height > width


def test_hoang_sa_and_truong_sa_stand_apart_in_the_east():
    tiles = pack(COAST | ISLANDS)
    easternmost = max(tiles[code][0] for code in COAST)

    # One column of sea lies between.
    assert tiles[HOANG_SA][0] == tiles[TRUONG_SA][0] == easternmost + 2
    assert tiles["44"][1] <= tiles[HOANG_SA][1] <= tiles["48"][1]
    assert tiles["79"][1] <= tiles[TRUONG_SA][1] <= tiles["96"][1]


@given(places)
@settings(derandomize=True, deadline=None, database=None, max_examples=50)
def test_the_islands_are_on_every_map_they_are_given_to(given_places):
    tiles = pack(given_places | ISLANDS)

    assert len(set(tiles.values())) == len(given_places | ISLANDS)
    assert tiles[HOANG_SA][1] <= tiles[TRUONG_SA][1]


def test_a_far_island_does_not_press_its_province_together():
    mainland = province(94)
    alone = pack(mainland)

    tiles = pack(mainland | {HOANG_SA: (112.1, 20.5)})

    assert {code: tiles[code] for code in mainland} == alone
    assert tiles[HOANG_SA][0] == 2 + max(column for column, _ in alone.values())
    # An island nearer to the coast is drawn in as well.
    beside = pack(mainland | {"11948": (107.7, 20.5)})
    assert max(beside[code][0] for code in mainland) >= 0.75 * max(column for column, _ in alone.values())


def test_a_province_is_neither_strewn_about_nor_squeezed_into_a_block():
    tiles = pack(province(166))
    width = 1 + max(column for column, _ in tiles.values())
    height = 1 + max(row for _, row in tiles.values())

    assert 1.05 * 166 < width * height < 3.5 * 166


def test_a_large_province_is_packed_quickly():
    places = province(166)
    before = process_time()
    pack(places)

    # 30 to 60 ms here; the bound leaves room for slow machines.
    assert process_time() - before < 0.6


def test_hamlets_without_a_place_follow_beneath_in_their_order():
    tiles = pack({"a": (105.0, 20.0), "b": (105.2, 20.0), "d": None, "c": None})

    assert tiles["d"][1] > max(tiles["a"][1], tiles["b"][1])
    assert (tiles["d"][1], tiles["d"][0]) < (tiles["c"][1], tiles["c"][0])


def test_places_nobody_knows_make_a_plain_block():
    tiles = pack(dict.fromkeys("abcdefghij"))

    assert tiles["a"] == (0, 0)
    assert 1 + max(row for _, row in tiles.values()) == 3


def test_areas_on_one_spot_still_have_a_tile_each():
    assert len(set(pack(dict.fromkeys("abcdefg", (105.0, 20.0))).values())) == 7


def test_nothing_to_pack_is_no_fault():
    assert pack({}) == {}
