"""Gathers everything the public can get of made-up provinces, and tries to work out what is hidden from it.

The reader here adds and subtracts over all levels, layers, weeks, files and indicators at once: each figure shown is an
interval (a ten stands for what rounds to it), each area is the sum of those beneath it, a part is never more than its
whole. Whatever these pin down of a hidden cell is lost.
"""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from community_teams.domain.layers import LAYERS
from community_teams.models import HamletTotal, HamletWeek

MONDAYS = [date(2026, 11, 2) + timedelta(weeks=n) for n in range(2)]
THIS_WEEK = date(2026, 11, 16)
FEW = range(1, 10)
# What is shown of each layer: numerator and denominator, as names of what the hamlets were made with.
COUNTED = {
    "da-gap": ("reached_listed", "official"),
    "da-ra": ("assessed", "adults"),
    "vneid-muc-2": ("level2", "vneid_asked"),
    "tu-lam-duoc": ("able", "skills_asked"),
    "bai-hoc": ("lessons", None),
    "song": ("signal_gap", "signal_asked"),
    "dien": ("power_gap", "power_asked"),
    "tieng-noi": ("language_other_than_vi", "language_asked"),
    "to-da-ghi": ("reached", "households"),
    "K08.cao-tuoi": ("helped_60plus", "aged_60plus"),
    "K15.quang-duong": ("trip_km", "trips"),
    "K18.hai-long": ("happy", "feelings"),
}
COUNTED |= {
    f"{code}.{key}": COUNTED[key]
    for code, key in [
        *(("K01", "da-gap"), ("K03", "da-ra"), ("K05", "vneid-muc-2"), ("K06", "tu-lam-duoc")),
        *(("K12", "song"), ("K12", "dien"), ("K11", "bai-hoc")),
    ]
}
# The bases among them: those who were asked. Who was met (reached) is told of every list of ten and more.
BASES = (
    *("official", "households", "adults", "assessed", "vneid_asked", "skills_asked", "signal_asked", "power_asked"),
    *("language_asked", "aged_60plus", "trips", "feelings"),
)
NAMES = sorted({name for pair in COUNTED.values() for name in pair if name} | {"reached"})
PARTS = [
    *(("assessed", "adults"), ("vneid_asked", "assessed"), ("skills_asked", "assessed"), ("level2", "vneid_asked")),
    *(("able", "skills_asked"), ("signal_gap", "signal_asked"), ("power_gap", "power_asked")),
    *(("language_other_than_vi", "language_asked"), ("helped_60plus", "aged_60plus"), ("happy", "feelings")),
    ("reached", "households"),
]


def made_up(random):
    """What one hamlet counts at the end of each week and today: many are tiny, some have no list, some nobody asked."""
    size = random.choice(
        [0, random.randint(1, 9), random.randint(1, 9), random.randint(10, 25), random.randint(26, 300)]
    )
    official = None if random.random() < 0.25 else max(0, size + random.choice([0, 0, 0, -2, 3]))
    weeks, before = [], {}
    share = random.choice([0, 0.1, 0.3, 1])
    for _ in range(len(MONDAYS) + 1):
        share = min(1, share + random.choice([0, 0, 0.05, 0.3]))
        reached = max(before.get("reached", 0), round(size * share))
        counts = {"households": size, "reached": reached, "knocked": reached}

        def part(name, most, counts=counts, before=before):
            least = min(most, before.get(name, 0))
            counts[name] = random.choice([most, random.randint(least, most), least])

        part("households_sized", reached)
        part("adults", 2 * counts["households_sized"])
        part("assessed", counts["adults"])
        part("vneid_asked", counts["assessed"])
        part("skills_asked", counts["assessed"])
        part("level2", counts["vneid_asked"])
        part("able", counts["skills_asked"])
        for base, gap in [("signal_asked", "signal_none"), ("power_asked", "power_gap"), ("feelings", "happy")]:
            part(base, reached)
            part(gap, counts[base])
        part("language_asked", reached)
        part("language_vi_only", counts["language_asked"])
        part("households_aged_known", reached)
        part("aged_60plus", counts["households_aged_known"])
        part("helped_60plus", counts["aged_60plus"])
        part("trips", reached)
        part("trip_km", 18 * counts["trips"])
        part("lessons", 3 * reached)
        weeks.append(counts)
        before = counts
    return official, weeks


def derived(counts, official):
    """Counts under the names of COUNTED."""
    return {
        **counts,
        "official": official or 0,
        "reached_listed": 0 if official is None else counts["reached"],
        "signal_gap": counts["signal_none"],
        "language_other_than_vi": counts["language_asked"] - counts["language_vi_only"],
    }


@pytest.fixture
def country(make, session):
    """Makes a country of one or two provinces by a seed; gives {(code, moment): {name: count}} for every area."""

    def build(seed):
        random = Random(seed)
        truth, beneath = {}, {"": []}
        for p in range(random.randint(1, 2)):
            province = make.province(f"{38 + p}", f"Tỉnh {p}")
            beneath[""].append(province.code)
            beneath[province.code] = []
            for c in range(random.randint(1, 3)):
                commune = make.commune(f"{38 + p}{c:03}", f"Xã {c}", province)
                beneath[province.code].append(commune.code)
                beneath[commune.code] = []
                for _ in range(random.randint(1, 5)):
                    hamlet_of(random, commune, truth, beneath)
        session.commit()
        for moment in range(len(MONDAYS) + 1):
            add_up("", beneath, truth, moment)
        return truth, beneath

    def hamlet_of(random, commune, truth, beneath):
        official, weeks = made_up(random)
        hamlet = make.hamlet(commune, official_households=official)
        beneath[commune.code].append(hamlet.code)
        beneath[hamlet.code] = []
        at = {"hamlet_code": hamlet.code, "path": hamlet.path}
        session.add(HamletTotal(**at, updated_at=datetime(2026, 11, 20, 5, tzinfo=UTC), **weeks[-1]))
        before = dict.fromkeys(weeks[0], 0)
        for monday, counts in zip([*MONDAYS, THIS_WEEK], weeks, strict=True):
            added = {name: count - before[name] for name, count in counts.items() if name != "households"}
            firsts = {"first_reached": added.pop("reached"), "first_knocked": added.pop("knocked")}
            session.add(HamletWeek(**at, week=monday, **firsts, **added))
            before = counts
        for moment, counts in enumerate(weeks):
            # Lists are told as they stand today.
            truth[hamlet.code, moment] = derived(counts, official)

    return build


def add_up(code, beneath, truth, moment):
    for child in beneath[code]:
        if beneath[child]:
            add_up(child, beneath, truth, moment)
    children = [truth[child, moment] for child in beneath[code]]
    truth[code, moment] = {name: sum(counts[name] for counts in children) for name in children[0]}


class Reader:
    """Who takes everything that is published and keeps, for each count, the least and the most it can be."""

    def __init__(self, client, beneath):
        self.client, self.beneath = client, beneath
        self.least, self.most, self.shown = {}, {}, set()

    def gather(self):
        for code in self.beneath:
            self.read_pages(code)
            for moment, monday in enumerate([*MONDAYS, None]):
                tuan = f"tuan={monday}" if monday else ""
                for address in (f"{code or 'vn'}.csv", f"{code or 'vn'}/indicators.csv"):
                    answer = self.client.get(f"/api/v1/open/{address}?{tuan}")
                    assert answer.status_code == 200
                    for row in csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))):
                        self.take(row, moment)

    def read_pages(self, code):
        told = self.client.get(f"/api/v1/coverage/{code or 'vn'}").json
        for place in [{**told["area"], "figures": told["figures"]}, *told["children"]]:
            figures = place["figures"]
            if figures is None:
                continue
            now = len(MONDAYS)
            self.learn(place["code"] or "", now, "official", figures["households"] or 0)
            self.learn(place["code"] or "", now, "households", figures["enumerated"])
            if figures["reached"] is not None:
                self.learn(place["code"] or "", now, "reached", figures["reached"])

    def take(self, row, moment):
        code = "" if row["area_code"] == "VN" else row["area_code"]
        number, out_of = COUNTED.get(row["figure"], (None, None))
        if row["status"] == "hidden" or number is None:
            return
        if row["status"] == "unknown":
            # A reader who knows us takes it for: nobody was asked.
            if out_of and out_of not in {"official", "households"}:
                self.learn(code, moment, out_of, 0)
            return
        width = (5, 4) if row["rounded"] == "1" else (0, 0)
        self.learn(code, moment, number, int(float(row["number"])), *width)
        if out_of:
            # Whatever has a base under ten is not shown; a reader knows that as well.
            self.learn(code, moment, out_of, int(row["out_of"]), *width, floor=10)

    def learn(self, code, moment, name, value, below=0, above=0, floor=0):
        key = (code, moment, name)
        self.shown.add(key)
        self.least[key] = max(self.least.get(key, 0), value - below, floor if value else 0, 0)
        self.most[key] = min(self.most.get(key, 10**6), value + above)

    def think(self, names):
        """Narrow every interval down by every relation, until nothing moves any more."""
        moments = range(len(MONDAYS) + 1)
        for code in self.beneath:
            for moment in moments:
                for name in names:
                    self.least.setdefault((code, moment, name), 0)
                    self.most.setdefault((code, moment, name), 10**6)
        moved = True
        while moved:
            moved = False
            for moment in moments:
                for name in names:
                    for code, children in self.beneath.items():
                        if children:
                            moved |= self.sum_up((code, moment, name), [(child, moment, name) for child in children])
                for code in self.beneath:
                    for part, whole in PARTS:
                        moved |= self.at_most((code, moment, part), (code, moment, whole))
            # Lists stay as they are: what is told of one week is told of all.
            for code in self.beneath:
                for earlier, later in pairwise(moments):
                    for name in ("official", "households"):
                        moved |= self.at_most((code, earlier, name), (code, later, name))
                        moved |= self.at_most((code, later, name), (code, earlier, name))

    def sum_up(self, whole, parts):
        least, most = sum(self.least[part] for part in parts), sum(self.most[part] for part in parts)
        moved = self.narrow(whole, least, most)
        for part in parts:
            others_least, others_most = least - self.least[part], most - self.most[part]
            moved |= self.narrow(part, self.least[whole] - others_most, self.most[whole] - others_least)
            least, most = others_least + self.least[part], others_most + self.most[part]
        return moved

    def at_most(self, part, whole):
        return self.narrow(part, 0, self.most[whole]) | self.narrow(whole, self.least[part], 10**6)

    def narrow(self, key, least, most):
        new = max(self.least[key], least), min(self.most[key], most)
        moved = new != (self.least[key], self.most[key])
        self.least[key], self.most[key] = new
        return moved


@pytest.mark.parametrize("seed", range(3))
def test_nobody_works_out_a_hidden_cell_from_all_that_is_published(app, now, country, seed):
    truth, beneath = country(seed)
    reader = Reader(app.test_client(), beneath)
    reader.gather()
    reader.think(NAMES)

    lost = []
    for (code, moment), counts in truth.items():
        for name in NAMES:
            least, most = reader.least[code, moment, name], reader.most[code, moment, name]
            assert least <= counts[name] <= most, (code, moment, name, counts[name], least, most)
        for name in BASES:
            least, most = reader.least[code, moment, name], reader.most[code, moment, name]
            if counts[name] in FEW and (least == most or (code, moment, name) in reader.shown or most < 10):
                lost.append((code, moment, name, counts[name], least, most))
    assert not lost


def test_the_reader_is_no_fool():
    """Without suppression the reader wins: what is tested above is the hiding, not a reader who cannot count."""
    reader = Reader(None, {"": ["a", "b"], "a": [], "b": []})
    reader.learn("", 0, "adults", 34)
    reader.learn("b", 0, "adults", 30)
    reader.think(NAMES)

    assert (reader.least["a", 0, "adults"], reader.most["a", 0, "adults"]) == (4, 4)


@pytest.mark.parametrize("seed", range(2))
def test_two_weeks_of_an_exact_figure_never_differ_by_few_where_the_base_is_few(app, now, country, seed):
    truth, beneath = country(seed)
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
        behind = [child for child in children if (child, 0) not in seen and truth[child, 0]["official"]]
        base = sum(truth[child, 0]["official"] for child in behind)
        assert base == 0 or base >= 10
    assert all(truth[code, 0]["official"] not in FEW for code, _ in seen)


def test_every_public_layer_is_attacked():
    assert {layer.key.value for layer in LAYERS.values() if layer.public} <= COUNTED.keys()
