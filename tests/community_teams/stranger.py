"""A stranger who takes everything that is published of made-up provinces, over two days, and reckons.

The stranger adds and subtracts over all levels, layers, languages, weeks, files of both kinds, indicators, figures kept
beside pilot models, screens in commune halls and pages kept from the day before at once: each figure shown is an
interval (a ten stands for what rounds to it), each area is the sum of those beneath it, a part is never more than its
whole, and what is counted from the first day on only grows.
"""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

from sqlalchemy import delete

from community_teams.coverage.domain.layers import LAYERS
from community_teams.models import HamletDay, HamletTotal, HamletWeek
from community_teams.pilots.domain.pilots import FIGURES, REQUIRED_FIELDS, PilotText
from community_teams.pilots.services import publish_pilot, start_pilot
from foundation.areas.domain.scope import NATION
from tests.conftest import NOON

MONDAYS = [date(2026, 11, 2) + timedelta(weeks=n) for n in range(2)]
THIS_WEEK = date(2026, 11, 16)
PUBLIC_LAYERS = [layer.key.value for layer in LAYERS.values() if layer.public]
# Of thinking; what is to be found is found long before.
ROUNDS = 20
# The ends of two weeks, and two days one after the other.
DAYS = (len(MONDAYS), len(MONDAYS) + 1)
MOMENTS = range(len(MONDAYS) + len(DAYS))
# Some models were published then; what they kept stands beside the figures of today.
PUBLISHED_AT = 0
TODAY = date(2026, 11, 21)

SPOKEN = {"language_muong": "tiếng Mường", "language_mong": "tiếng Mông"}
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
# met_today: households met for the first time since the moment before, as a screen in a hall tells it.
NAMES = sorted({name for pair in COUNTED.values() for name in pair if name} | {"reached", "met_today", *SPOKEN})
PARTS = [
    *(("assessed", "adults"), ("vneid_asked", "assessed"), ("skills_asked", "assessed"), ("level2", "vneid_asked")),
    *(("able", "skills_asked"), ("signal_gap", "signal_asked"), ("power_gap", "power_asked")),
    *(("language_other_than_vi", "language_asked"), ("helped_60plus", "aged_60plus"), ("happy", "feelings")),
    *(("reached", "households"), ("reached_listed", "reached"), ("met_today", "reached")),
    *((family, "language_other_than_vi") for family in SPOKEN),
]
# Lists stand as they stand today, whatever the week; the rest is as it was then.
LISTS = ("official", "households")
# May become fewer: somebody spoken to in two languages is spoken to in one the next time.
GROWING = [name for name in NAMES if name not in {*LISTS, *SPOKEN, "language_other_than_vi", "met_today"}]


def made_up(random):
    """What one hamlet counts at each of MOMENTS: many are tiny, some have no list, some nobody asked."""
    size = random.choice(
        [0, random.randint(1, 9), random.randint(1, 9), random.randint(10, 25), random.randint(26, 300)]
    )
    official = None if random.random() < 0.25 else max(0, size + random.choice([0, 0, 0, -2, 3]))
    weeks, before = [], {}
    share = random.choice([0, 0.1, 0.3, 1])
    for _ in MOMENTS:
        share = min(1, share + random.choice([0, 0, 0.05, 0.3]))
        reached = max(before.get("reached", 0), round(size * share))
        # Doors are still being written down, a few more every day.
        written = max(reached, round(size * random.choice([0.5, 0.8, 1]) if random.random() < 0.3 else size))
        written = max(before.get("households", 0), written)
        counts = {"households": written, "reached": reached, "knocked": reached}

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
        for family in ("language_muong", "language_mong"):
            part(family, counts["language_asked"] - counts["language_vi_only"])
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


class Country:
    """One or two made-up provinces by a seed.

    truth: {(code, moment): {name: count}} for every area. beneath: {code: codes right beneath}, "" for the nation.
    pilots: {id of a published model: code of its hamlet}.
    """

    def __init__(self, make, session, seed):
        self._session, self._random = session, Random(seed)
        self.truth, self.beneath, self.pilots, self._hamlets = {}, {"": []}, {}, {}
        for p in range(self._random.randint(1, 2)):
            province = make.province(f"{38 + p}", f"Tỉnh {p}")
            self._beneath("", province)
            for c in range(self._random.randint(1, 3)):
                commune = make.commune(f"{38 + p}{c:03}", f"Xã {c}", province)
                self._beneath(province.code, commune)
                for _ in range(self._random.randint(1, 5)):
                    self._make_hamlet(make, commune)
        self._show(PUBLISHED_AT)
        self._publish(make)
        self._show(DAYS[0])
        for moment in MOMENTS:
            self._add_up("", moment)

    def next_day(self):
        self._show(DAYS[1])

    def _beneath(self, above, area):
        self.beneath[above].append(area.code)
        self.beneath[area.code] = []

    def _make_hamlet(self, make, commune):
        official, counted = made_up(self._random)
        hamlet = make.hamlet(commune, official_households=official)
        self._beneath(commune.code, hamlet)
        self._hamlets[hamlet.code] = hamlet.path, counted
        for moment, counts in enumerate(counted):
            self.truth[hamlet.code, moment] = derived(counts, official)
            if moment in DAYS:
                self.truth[hamlet.code, moment]["met_today"] = counts["reached"] - counted[moment - 1]["reached"]

    def _publish(self, make):
        """Put a model of every other hamlet or so before everybody."""
        text = PilotText(
            title="Tối cùng học", **dict.fromkeys(set(REQUIRED_FIELDS) - {"title", "contact"}, "…"), contact="team"
        )
        person = make.member().id
        for code in self._hamlets:
            if self._random.random() < 0.5:
                form_id, who = UUID(int=self._random.getrandbits(128)), {"person": person, "writes": NATION}
                pilot = start_pilot(self._session, text, form_id=form_id, hamlet_code=code, now=NOON, **who)
                publish_pilot(self._session, pilot.id, expected_version=1, who="can-bo", publishes=NATION, now=NOON)
                self.pilots[pilot.id] = code
        self._session.commit()

    def _show(self, day):
        """Bring every counter to how it stands at a moment: on one of DAYS, or at the end of a week."""
        for table in (HamletTotal, HamletWeek, HamletDay):
            self._session.execute(delete(table))
        for code, (path, counted) in self._hamlets.items():
            at = {"hamlet_code": code, "path": path}
            self._session.add(HamletTotal(**at, updated_at=datetime(2026, 11, 20, 5, tzinfo=UTC), **counted[day]))
            before = dict.fromkeys(counted[0], 0)
            weeks = zip([*MONDAYS, THIS_WEEK], [*counted[: len(MONDAYS)], counted[day]], strict=True)
            for monday, counts in weeks if day in DAYS else ():
                added = {name: count - before[name] for name, count in counts.items() if name != "households"}
                firsts = {"first_reached": added.pop("reached"), "first_knocked": added.pop("knocked")}
                self._session.add(HamletWeek(**at, week=monday, known_in=monday, **firsts, **added))
                before = counts
            if day in DAYS:
                met = counted[day]["reached"] - counted[day - 1]["reached"]
                self._session.add(HamletDay(hamlet_code=code, day=TODAY, first_reached=met, met_done=met))
        self._session.commit()
        self._session.expire_all()

    def _add_up(self, code, moment):
        for child in self.beneath[code]:
            if self.beneath[child]:
                self._add_up(child, moment)
        children = [self.truth[child, moment] for child in self.beneath[code]]
        self.truth[code, moment] = {name: sum(counts.get(name, 0) for counts in children) for name in NAMES}


def number(words):
    return int(words.replace(".", ""))


class Reader:
    """Who takes everything that is published and keeps, for each count, the least and the most it can be."""

    def __init__(self, client, beneath, pilots=(), hall=None):
        """pilots: as Country has them. hall: a client as which the screens in the commune halls are signed in."""
        self.client, self.beneath, self._pilots, self._hall, self._day = client, beneath, pilots, hall, DAYS[0]
        self.least, self.most, self.shown, self._asked = {}, {}, set(), 0

    def gather(self, day=DAYS[0]):
        """Take everything that is published on one of DAYS. What was taken before is kept."""
        self._day = day
        for code in self.beneath:
            self.read_figures(code)
            for moment, monday in [*enumerate(MONDAYS), (day, None)]:
                tuan = f"tuan={monday}" if monday else ""
                self.read_languages(code, moment, tuan)
                for address in (f"{code or 'vn'}.csv", f"{code or 'vn'}/indicators.csv"):
                    answer = self.client.get(f"/api/v1/open/{address}?{tuan}")
                    assert answer.status_code == 200
                    for row in csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))):
                        self.take(row, moment)
                self.read_geojson(code, moment, tuan)
            if self._hall and code:
                self.read_wall(code)
        for pilot, code in dict(self._pilots).items():
            self.read_pilot(pilot, code)

    def read_geojson(self, code, moment, tuan):
        # One layer a file: another one for every file, so that all are asked for.
        self._asked = self._asked % len(PUBLIC_LAYERS) + 1
        layer = PUBLIC_LAYERS[self._asked - 1]
        answer = self.client.get(f"/api/v1/open/{code or 'vn'}.geojson?lop={layer}&{tuan}")
        assert answer.status_code == 200
        for feature in answer.json["features"]:
            self.take(feature["properties"], moment)

    def read_wall(self, code):
        answer = self._hall.get(f"/quan-ly/man-hinh/{code}")
        assert answer.status_code == 200
        if met := re.search(r"([\d.]+) hộ được gặp lần đầu", answer.text):
            self.learn(code, self._day, "met_today", number(met[1]))
        if shown := re.search(r"<p>([\d.]+) trên ([\d.]+) hộ</p>", answer.text):
            self.learn(code, self._day, "reached_listed", number(shown[1]))
            self.learn(code, self._day, "official", number(shown[2]))

    def read_pilot(self, pilot, code):
        answer = self.client.get(f"/mo-hinh-diem/{pilot}")
        assert answer.status_code == 200
        rows = re.findall(r'<tr role="row"><th scope="row".*?</tr>', answer.text, re.S)
        for layer, row in zip(FIGURES, rows, strict=bool(rows)):
            cells = re.findall(r"<td.*?</td>", row, re.S)
            if len(cells) == 2:
                for moment, cell in zip((PUBLISHED_AT, self._day), cells, strict=True):
                    self.take_cell(code, moment, layer, " ".join(re.sub(r"<[^>]*>", " ", cell).split()))

    def take_cell(self, code, moment, layer, words):
        """One figure beside a pilot model, as "48,3 % 14 trên 29 hộ", "khoảng 20 trên 40 người" or "dưới 5 bài"."""
        counted, out_of = COUNTED[layer.key.value]
        told = re.search(r"(khoảng |dưới |)([\d.]+)(?: trên ([\d.]+))?(?: |$)(?!%)", words)
        if told is None:
            return
        width = (0, 0) if layer.exact else (5, 4)
        self.learn(code, moment, counted, 0 if told[1] == "dưới " else number(told[2]), *width)
        if out_of:
            self.learn(code, moment, out_of, number(told[3]), *width, floor=10)

    def read_languages(self, code, moment, tuan):
        answer = self.client.get((f"/do-phu/{code}" if code else "/do-phu") + f"?lop=tieng-noi&{tuan}")
        assert answer.status_code == 200
        if "Số liệu nơi này được ẩn" in answer.text or "chưa biết</" in answer.text:
            return
        told = dict(re.findall(r'<th scope="row">(tiếng \w+)</th><td class="num">([\d.]+)</td>', answer.text))
        for name, word in SPOKEN.items():
            # One that is not told is spoken by fewer than five.
            self.learn(code, moment, name, int(told.get(word, "0").replace(".", "")), 5, 4)

    def read_figures(self, code):
        told = self.client.get(f"/api/v1/coverage/{code or 'vn'}").json
        for place in [{**told["area"], "figures": told["figures"]}, *told["children"]]:
            figures = place["figures"]
            if figures is None:
                continue
            now = self._day
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
        width = (5, 4) if row["rounded"] in {"1", True} else (0, 0)
        self.learn(code, moment, number, int(float(row["number"])), *width)
        if out_of:
            # Whatever has a base under ten is not shown; a reader knows that as well.
            self.learn(code, moment, out_of, int(row["out_of"]), *width, floor=10)

    def learn(self, code, moment, name, value, below=0, above=0, floor=0):
        key = (code, self._day if name in LISTS else moment, name)
        self.shown.add(key)
        self.least[key] = max(self.least.get(key, 0), value - below, floor if value else 0, 0)
        self.most[key] = min(self.most.get(key, 10**6), value + above)

    def think(self, names):
        """Narrow every interval down by every relation, until nothing moves any more, or hardly anything."""
        moments = MOMENTS
        for code in self.beneath:
            for moment in moments:
                for name in names:
                    self.least.setdefault((code, moment, name), 0)
                    self.most.setdefault((code, moment, name), 10**6)
        for _ in range(ROUNDS):
            moved = False
            for moment in moments:
                for name in names:
                    for code, children in self.beneath.items():
                        if children:
                            moved |= self.sum_up((code, moment, name), [(child, moment, name) for child in children])
                for code in self.beneath:
                    for part, whole in PARTS:
                        moved |= self.at_most((code, moment, part), (code, moment, whole))
            for code in self.beneath:
                for earlier, later in pairwise(moments):
                    for name in GROWING:
                        moved |= self.at_most((code, earlier, name), (code, later, name))
                # Lists are seldom made anew: whoever sees no change takes it that there was none.
                yesterday, today = ((code, day, "official") for day in DAYS)
                moved |= self.at_most(yesterday, today) | self.at_most(today, yesterday)
                moved |= self.at_most((code, DAYS[0], "households"), (code, DAYS[1], "households"))
                for day in DAYS:
                    moved |= self.sum_up((code, day, "reached"), [(code, day - 1, "reached"), (code, day, "met_today")])
            if not moved:
                break

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
