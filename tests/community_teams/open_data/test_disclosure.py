"""What the public is told gives nothing away: see stranger.py for what is tried."""

import csv
import io

import pytest

from community_teams.coverage.domain.layers import LAYERS
from foundation.accounts.domain.roles import Role
from tests.community_teams.stranger import BASES, COUNTED, DAYS, LISTS, MOMENTS, MONDAYS, NAMES, SPOKEN, Country, Reader
from tests.visitor import Visitor

FEW = range(1, 10)
# What was answered, out of whom; who speaks what, of those whose language was written down.
ANSWERS = [pair for pair in COUNTED.values() if pair[1]] + [(family, "language_asked") for family in SPOKEN]


@pytest.fixture
def country(make, session):
    return lambda seed: Country(make, session, seed)


@pytest.fixture
def reader_of(app, make):
    """Who reads whatever is public of a country, and walks past the screens in its commune halls."""
    hall = Visitor(app)
    hall.sign_in(make.person(role=Role.LEADER_READONLY, area="").name)
    return lambda country: Reader(app.test_client(), country.beneath, country.pilots, hall.client)


def lost_to(reader, country, *, under_ten=True):
    """Hidden bases that the reader has worked out, and answers of bases that are never shown; with under_ten, also
    bases known to be that few."""
    lost = []
    for (code, moment), counts in country.truth.items():
        for name in NAMES:
            if name in LISTS and moment not in DAYS:
                continue
            key, count = (code, moment, name), counts.get(name, 0)
            least, most = reader.least[key], reader.most[key]
            assert least <= count <= most, (*key, count, least, most)
            if count not in FEW:
                continue
            if name in BASES:
                known = least == most or key in reader.shown or (under_ten and most < 10)
            else:
                bases = [base for number, base in ANSWERS if number == name]
                shown = any((code, other, base) in reader.shown for other in MOMENTS for base in bases)
                known = least == most and bases and not shown
            if known:
                lost.append((*key, count, least, most))
    return lost


@pytest.mark.parametrize("seed", range(3))
def test_nobody_works_out_a_hidden_cell_from_all_that_is_published(now, country, reader_of, seed):
    made = country(seed)
    reader = reader_of(made)
    reader.gather()
    reader.think(NAMES)

    assert lost_to(reader, made) == []


@pytest.mark.parametrize("seed", [1, 4])
def test_nor_does_whoever_kept_yesterdays_pages(app, now, country, seed):
    """That a number which was nothing yesterday can only be a few today is seen by anybody; never how many."""
    made = country(seed)
    reader = Reader(app.test_client(), made.beneath)
    reader.gather(DAYS[0])
    made.next_day()
    reader.gather(DAYS[1])
    reader.think(NAMES)

    assert lost_to(reader, made, under_ten=False) == []


def test_the_reader_is_no_fool():
    """Without suppression the reader wins: what is tested above is the hiding, not a reader who cannot count."""
    reader = Reader(None, {"": ["a", "b"], "a": [], "b": []})
    reader.learn("", 0, "adults", 34)
    reader.learn("b", 0, "adults", 30)
    reader.think(NAMES)

    assert (reader.least["a", 0, "adults"], reader.most["a", 0, "adults"]) == (4, 4)


@pytest.mark.parametrize("seed", range(2))
def test_two_weeks_of_an_exact_figure_never_differ_by_few_where_the_base_is_few(app, now, country, seed):
    made = country(seed)
    truth, beneath, day = made.truth, made.beneath, DAYS[0]
    client = app.test_client()
    seen = {}
    for code in beneath:
        for moment, monday in enumerate([*MONDAYS, None]):
            answer = client.get(f"/api/v1/open/{code or 'vn'}.csv?lop=da-gap" + (f"&tuan={monday}" if monday else ""))
            for row in csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))):
                if row["status"] == "shown":
                    area = "" if row["area_code"] == "VN" else row["area_code"]
                    seen[area, moment] = int(row["number"])
    # An area is shown in every week or in none, by itself and taken from its whole.
    for code, children in beneath.items():
        assert len({(code, moment) in seen for moment in range(3)}) == 1
        if not children or (code, 0) not in seen:
            continue
        behind = [child for child in children if (child, 0) not in seen and truth[child, day]["official"]]
        base = sum(truth[child, day]["official"] for child in behind)
        assert base == 0 or base >= 10
    assert all(truth[code, day]["official"] not in FEW for code, _ in seen)


def test_every_public_layer_is_attacked():
    assert {layer.key.value for layer in LAYERS.values() if layer.public} <= COUNTED.keys()
