"""The nineteen indicators and their published formulas: counts in; value, numerator, denominator and missing out.

Source: facts 7.3. The formulas are published at /do-phu/chi-so and in docs/indicators.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median

from community_teams.coverage.domain.coverage import share_of
from community_teams.coverage.domain.layers import LAYERS, Key, Layer, Unit, tens

CODES = tuple(f"K{n:02}" for n in range(1, 20))


class Part(StrEnum):
    """Figures of indicators that are not layers of the map. The value is used in exports."""

    PROGRESS = "tien-bo"
    ELDERS = "cao-tuoi"
    DOSSIERS = "ho-so"
    NEWBORNS = "tre-so-sinh"
    WARNINGS = "canh-bao"
    KILOMETRES = "quang-duong"
    HAPPY = "hai-long"
    LATE = "qua-90-ngay"
    OWN_DOSSIERS = "tu-nop"
    LETTERS = "giay-xac-nhan"
    ON_TIME = "dung-han"
    BEYOND = "vuot-tham-quyen"
    DAYS = "so-ngay"
    SAFETY_LETTERS = "bai-an-toan"
    SCAMS = "nghi-lua-dao"
    RIGHT = "dung"
    FULL = "du"
    CLEAN = "sach"
    ALIVE = "song-90-ngay"
    VISITS = "luot-di"
    HOURS = "gio"
    MEMBERS = "to-vien"
    LESSON_LANGUAGES = "bai-va-tieng"


class Form(StrEnum):
    """How the value is computed from numerator and denominator."""

    SHARE = "share"
    COUNT = "count"
    MEAN = "mean"  # numerator over denominator, in units of the numerator
    SUM = "sum"  # the numerator, summed over as many as the denominator says
    MEDIAN = "median"  # the numerator is the median itself, of as many as the denominator says


class Source(StrEnum):
    LISTS = "lists"
    VISITS = "visits"
    ISSUES = "issues"
    LETTERS = "letters"
    LIBRARY = "library"


class Period(StrEnum):
    EVER = "ever"  # from the first visit to the last day counted
    WEEKS = "weeks"  # the last four weeks
    TODAY = "today"  # the present state; unknown for an earlier day


class Unknown(StrEnum):
    """Why there is no figure. None of these is a 0."""

    NOT_RECORDED = "not_recorded"
    NOT_BY_AREA = "not_by_area"
    ONLY_TODAY = "only_today"
    NOBODY_ASKED = "nobody_asked"
    NO_LIST = "no_list"
    HIDDEN = "hidden"
    INSIDE_ONLY = "inside_only"


@dataclass(frozen=True)
class Measure:
    """One figure of an indicator.

    layer: the counters it is made of, None where it is computed from other tables. missing_of: counters of how many
    could have been asked, and of how many were; in missing_unit. public: whether everybody may see it.
    """

    code: str
    key: StrEnum
    form: Form
    unit: str
    source: Source = Source.VISITS
    period: Period = Period.EVER
    layer: Layer | None = None
    missing_of: tuple[tuple[str, ...], str] | None = None
    missing_unit: str = Unit.HOUSEHOLD.value

    @property
    def public(self) -> bool:
        return self.layer is not None and self.layer.public

    @property
    def counters(self) -> tuple[str, ...]:
        """Names of domain/counting.TOTALS it is made of."""
        own = self.layer.counters if self.layer is not None else ()
        pool, asked = self.missing_of or ((), "")
        return tuple(dict.fromkeys(name for name in (*own, *pool, asked) if name))


@dataclass(frozen=True)
class IndicatorValue:
    """One figure of an area. number, out_of: numerator and denominator; None where there is none.

    missing, of_all: how many of those who could have been asked were not; None where unknown. rounded: to tens, for
    the public. unknown: why there is no figure; then every count is None.
    """

    measure: Measure
    number: float | None = None
    out_of: int | None = None
    missing: int | None = None
    of_all: int | None = None
    rounded: bool = False
    unknown: Unknown | None = None

    @property
    def value(self) -> float | None:
        """A share between 0 and 1 (above 1 where the list is too short), a count, a mean or a median."""
        if self.number is None:
            return None
        if self.measure.form in {Form.SHARE, Form.MEAN}:
            return self.number / self.out_of if self.out_of else None
        return self.number

    @property
    def share_missing(self) -> float | None:
        return None if self.missing is None else share_of(self.missing, self.of_all)


_MET = ("met_done", "met_partial")
_EVERY_VISIT = (
    *("met_done", "met_partial", "not_home", "rescheduled", "refused"),
    *("moved", "vacant", "not_found", "language", "unsafe"),
)


def _from_layer(code: str, key: Key, form: Form = Form.SHARE, **more: object) -> Measure:
    layer = LAYERS[key]
    return Measure(code, key, form, layer.unit.value, layer=layer, **more)  # type: ignore[arg-type]


def _of_counters(
    code: str,
    key: Part,
    form: Form,
    unit: str,
    number: tuple[str, ...],
    out_of: str | None = None,
    *,
    public: bool = True,
    **more: object,
) -> Measure:
    layer = Layer(key, Unit.HOUSEHOLD, number, out_of, public=public)
    return Measure(code, key, form, unit, layer=layer, **more)  # type: ignore[arg-type]


MEASURES: tuple[Measure, ...] = (
    _from_layer("K01", Key.REACHED, source=Source.LISTS, missing_unit="hamlet"),
    _from_layer("K02", Key.VISITED),
    _from_layer("K03", Key.ASSESSED, missing_of=(("reached",), "households_sized")),
    Measure("K04", Part.LATE, Form.SHARE, "household"),
    _from_layer("K05", Key.LEVEL2, missing_of=(("assessed",), "vneid_asked"), missing_unit="adult"),
    _from_layer("K06", Key.ABLE, missing_of=(("assessed",), "skills_asked"), missing_unit="adult"),
    _of_counters(
        *("K07", Part.PROGRESS, Form.MEAN, "point", ("progress_points",), "progress_households"),
        public=False,
        missing_of=(("reached",), "progress_households"),
    ),
    _of_counters(
        *("K08", Part.ELDERS, Form.SHARE, "adult", ("helped_60plus",), "aged_60plus"),
        missing_of=(("reached",), "households_aged_known"),
    ),
    _of_counters("K09", Part.DOSSIERS, Form.COUNT, "dossier", ("dossiers",)),
    Measure("K09", Part.OWN_DOSSIERS, Form.SHARE, "dossier"),
    _of_counters(
        *("K10", Part.NEWBORNS, Form.SHARE, "household", ("newborn_resolved",), "newborn_flagged"), public=False
    ),
    _from_layer("K11", Key.LESSONS, Form.COUNT),
    Measure("K11", Part.LETTERS, Form.COUNT, "letter", Source.LETTERS, Period.TODAY),
    _from_layer("K12", Key.SIGNAL, missing_of=(("reached",), "signal_asked")),
    _from_layer("K12", Key.POWER, missing_of=(("reached",), "power_asked")),
    _from_layer("K13", Key.PROBLEMS, Form.COUNT, source=Source.ISSUES),
    Measure("K13", Part.ON_TIME, Form.SHARE, "issue", Source.ISSUES, missing_unit="issue"),
    Measure("K13", Part.BEYOND, Form.COUNT, "issue", Source.ISSUES, Period.TODAY),
    Measure("K13", Part.DAYS, Form.MEDIAN, "day", Source.ISSUES),
    _of_counters("K14", Part.WARNINGS, Form.COUNT, "visit", ("scam_warnings",)),
    Measure("K14", Part.SCAMS, Form.COUNT, "issue", Source.ISSUES),
    Measure("K14", Part.SAFETY_LETTERS, Form.COUNT, "letter", Source.LETTERS, Period.TODAY),
    _of_counters(
        *("K15", Part.KILOMETRES, Form.SUM, "km", ("trip_km",), "trips"),
        missing_of=(_MET, "trips"),
        missing_unit="visit",
    ),
    Measure("K16", Part.RIGHT, Form.SHARE, "visit"),
    Measure("K16", Part.FULL, Form.SHARE, "answer"),
    Measure("K16", Part.CLEAN, Form.SHARE, "visit", period=Period.TODAY),
    Measure("K16", Part.ALIVE, Form.SHARE, "household", period=Period.TODAY),
    Measure("K17", Part.VISITS, Form.COUNT, "visit", period=Period.WEEKS),
    Measure("K17", Part.HOURS, Form.SUM, "hour", period=Period.WEEKS, missing_unit="visit"),
    Measure("K17", Part.MEMBERS, Form.COUNT, "member", period=Period.WEEKS),
    _of_counters(
        *("K18", Part.HAPPY, Form.SHARE, "visit", ("happy",), "feelings"),
        missing_of=(_MET, "feelings"),
        missing_unit="visit",
    ),
    Measure("K19", Part.LESSON_LANGUAGES, Form.COUNT, "lesson_language", Source.LIBRARY, Period.TODAY),
)

# Questions that a complete record of a household answers: K16.
QUESTIONS = ("households_sized", "signal_asked", "power_asked", "phone_asked", "language_asked")


def value_from_counters(measure: Measure, counts: Mapping[str, int], official: int | None) -> IndicatorValue:
    """The figure of a measure that has a layer. counts: by the measure's counters. official: the list, None without."""
    layer = measure.layer
    assert layer is not None
    number = sum(counts[name] for name in layer.plus) - sum(counts[name] for name in layer.minus)
    out_of = official if layer.out_of == "official" else counts[layer.out_of] if layer.out_of else None
    if layer.out_of == "official" and not out_of:
        return IndicatorValue(measure, unknown=Unknown.NO_LIST)
    missing = of_all = None
    if measure.missing_of is not None:
        pool, asked = measure.missing_of
        of_all = sum(counts[name] for name in pool)
        # May be negative: answers are also counted where the family did not agree to be written down as a household.
        missing = max(0, of_all - counts[asked])
    if layer.out_of and not out_of:
        return IndicatorValue(measure, None, None, missing, of_all, unknown=Unknown.NOBODY_ASKED)
    return IndicatorValue(measure, number, out_of, missing, of_all)


def for_the_public(value: IndicatorValue) -> IndicatorValue:
    """A figure as the public may see it where it is not hidden: in tens, but for the shares of official lists."""
    if value.measure.layer is None or value.measure.layer.exact or value.unknown is not None:
        # Where nobody was asked, the number of those not asked is not published either.
        return replace(value, missing=None, of_all=None) if value.unknown is not None else value
    number, out_of = tens(int(value.number or 0)), None if value.out_of is None else tens(value.out_of)
    if value.measure.form is Form.SHARE and value.out_of is not None and (value.number or 0) <= value.out_of:
        number = min(number, out_of or 0)
    missing = of_all = None
    if value.missing is not None and value.of_all is not None:
        of_all = tens(value.of_all)
        # The difference of two tens. Rounded by itself, it would narrow down both of them.
        missing = max(0, of_all - tens(value.of_all - value.missing))
    return replace(value, number=number, out_of=out_of, missing=missing, of_all=of_all, rounded=True)


def before_any_visit(value: IndicatorValue) -> IndicatorValue:
    """The same figure for a week before the first visit: unknown, never 0."""
    if value.unknown is not None or value.measure.period is Period.TODAY:
        return value
    return IndicatorValue(value.measure, unknown=Unknown.NOBODY_ASKED)


def median_of(counts: Mapping[int, int]) -> float | None:
    """The median of values given as {value: how often}; None for no values."""
    values = sorted(value for value, times in counts.items() for _ in range(times))
    return median(values) if values else None
