"""The layers of the coverage map: what is counted, out of how many, and how many were not asked."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from community_teams.coverage.domain.coverage import SHADES, Shade, share_of


class Unit(StrEnum):
    """What a layer's figures count."""

    HOUSEHOLD = "household"
    ADULT = "adult"
    LESSON = "lesson"
    ISSUE = "issue"


class Key(StrEnum):
    """The layers in the order of the page. The value is used in addresses (`?lop=`)."""

    REACHED = "da-gap"
    VISITED = "go-cua"
    ASSESSED = "da-ra"
    LEVEL2 = "vneid-muc-2"
    ABLE = "tu-lam-duoc"
    LESSONS = "bai-hoc"
    SIGNAL = "song"
    POWER = "dien"
    PROBLEMS = "vuong-mac"
    LANGUAGES = "tieng-noi"


@dataclass(frozen=True)
class Layer:
    """One layer. Counters are named as in domain/counting.TOTALS.

    plus, minus: the sum of these is the numerator. out_of: the denominator, None for a plain count, "official" for the
    official list. eligible: how many could have been asked; the difference is shown as missing. public: whether
    everybody may see it. exact: whether its denominator is a list, which does not change with visits. The number of
    respondents grows by one at a time, so figures with that denominator are published in tens only.
    """

    key: StrEnum
    unit: Unit
    plus: tuple[str, ...]
    out_of: str | None
    minus: tuple[str, ...] = ()
    eligible: str | None = None
    public: bool = True
    exact: bool = False

    @property
    def bases(self) -> tuple[str, ...]:
        """Counters whose small values suppress the layer: its respondents, and those of related questions.

        Empty for a plain count and for a layer whose denominator is a list: these follow the households alone.
        """
        if self.exact or self.out_of is None:
            return ()
        return next((together for together in RELATED_BASES if self.out_of in together), (self.out_of,))

    @property
    def counters(self) -> tuple[str, ...]:
        """Every counter its figures need, each once; without the official list, which is not a counter."""
        names = (*self.plus, *self.minus, self.out_of, self.eligible)
        return tuple(dict.fromkeys(name for name in names if name and name != OFFICIAL))


OFFICIAL = "official"

# Counts of respondents that are related: some are the numerator of one figure and the denominator of another. They are
# suppressed together, because each would disclose the others.
RELATED_BASES = (
    ("households_sized", "adults", "assessed", "vneid_asked", "skills_asked"),
    ("households_aged_known", "aged_60plus"),
)

# Source: the indicators K01, K02, K03, K05, K06, K11, K12, K13 and what the visit form asks (facts 7.2, 7.3).
LAYERS: Mapping[Key, Layer] = {
    Key(layer.key): layer
    for layer in (
        Layer(Key.REACHED, Unit.HOUSEHOLD, ("reached",), OFFICIAL, exact=True),
        # Together with the number reached it would disclose how many households of a few were not met.
        Layer(Key.VISITED, Unit.HOUSEHOLD, ("knocked",), "households", public=False, exact=True),
        Layer(Key.ASSESSED, Unit.ADULT, ("assessed",), "adults"),
        Layer(Key.LEVEL2, Unit.ADULT, ("level2",), "vneid_asked", eligible="assessed"),
        Layer(Key.ABLE, Unit.ADULT, ("able",), "skills_asked", eligible="assessed"),
        Layer(Key.LESSONS, Unit.LESSON, ("lessons",), None),
        Layer(Key.SIGNAL, Unit.HOUSEHOLD, ("signal_none", "signal_weak"), "signal_asked", eligible="reached"),
        Layer(Key.POWER, Unit.HOUSEHOLD, ("power_gap",), "power_asked", eligible="reached"),
        Layer(Key.PROBLEMS, Unit.ISSUE, ("issues_opened",), None, minus=("issues_closed",), public=False),
        Layer(
            Key.LANGUAGES,
            Unit.HOUSEHOLD,
            ("language_asked",),
            "language_asked",
            minus=("language_vi_only",),
            eligible="reached",
        ),
    )
}

# The families of languages shown under the layer of languages, in this order.
FAMILIES = (
    *("language_muong", "language_thai", "language_mong", "language_dao"),
    *("language_tho", "language_khomu", "language_other"),
)

# Lower bounds of the classes of a plain count. Fixed, as the classes of shares are.
COUNT_STARTS = (0, 1, 10, 50, 200)


# The smallest count shown as a number where figures are in tens; below it is "fewer than 5".
FEWEST = 5


@dataclass(frozen=True)
class LayerCell:
    """One area's figure in one layer.

    number: the numerator, or the plain count. out_of: None where the denominator is not known, or there is none.
    missing: how many were not asked; None where unknown. rounded: figures are in tens, for the public.
    """

    number: int
    out_of: int | None
    missing: int | None = None
    rounded: bool = False

    @property
    def share(self) -> float | None:
        """None while nobody was asked; may exceed 1."""
        return share_of(self.number, self.out_of)

    @property
    def few(self) -> bool:
        """Whether the number is a rounded 0, which means fewer than FEWEST."""
        return self.rounded and self.number == 0


def shade_of(layer: Layer, cell: LayerCell) -> Shade | None:
    """The class on the map; None where nothing is known."""
    if layer.out_of is None:
        return SHADES[bisect_right(COUNT_STARTS, max(0, cell.number)) - 1]
    if not cell.out_of:
        return None
    starts = [shade.value for shade in SHADES]
    return SHADES[max(0, bisect_right(starts, 100 * cell.number // cell.out_of) - 1)]


def cell_of(layer: Layer, counts: Mapping[str, int], official: int | None) -> LayerCell:
    """The figure of an area from its counters. official: households on the official list, None when there is none."""
    number = sum(counts[name] for name in layer.plus) - sum(counts[name] for name in layer.minus)
    if layer.out_of is None:
        return LayerCell(number, None)
    out_of = official if layer.out_of == OFFICIAL else counts[layer.out_of]
    missing = None if layer.eligible is None else max(0, counts[layer.eligible] - (out_of or 0))
    return LayerCell(number, out_of, missing)


def in_tens(cell: LayerCell) -> LayerCell:
    """The public form of a cell whose denominator grows by one at a time: everything to the nearest ten."""
    number = tens(cell.number)
    out_of = None if cell.out_of is None else tens(cell.out_of)
    # Numerator and denominator round separately; the rounding alone must not give a share over 100 %.
    if out_of is not None and cell.out_of is not None and cell.number <= cell.out_of:
        number = min(number, out_of)
    if cell.missing is None or cell.out_of is None or out_of is None:
        return LayerCell(number, out_of, None, rounded=True)
    # The difference of two tens. Rounded by itself, it would narrow down both of them.
    return LayerCell(number, out_of, max(0, tens(cell.out_of + cell.missing) - out_of), rounded=True)


def tens(count: int) -> int:
    """The nearest ten; a five goes up."""
    return (count + 5) // 10 * 10
