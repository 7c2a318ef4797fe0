"""Which made-up hamlets the sample has, how large they are, and how far their teams have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from foundation.areas.domain.kinds import AreaKind

PROVINCE = "38"
# One in the mountains, one in the middle, one by the sea; what is made up for them is said to be so everywhere.
FIRST_COMMUNES = ("14956", "15061", "15865")
# Its real visits are why this platform exists; nothing is made up for it while another commune is left.
LAST_COMMUNE = "15607"
SOURCE = "Số liệu mẫu"

HOUSEHOLDS = 480
COMMUNES = 3
USUAL_SIZE = 40
SMALL_SIZE = 7
# Of a hamlet as there are some 90,000 in a nation of 28 million households.
REAL_SIZE = 311


@dataclass(frozen=True)
class SampleHamlet:
    """number: from 1 over the whole sample. size, official: households on our list and on the authorities'.

    reached: households where somebody was met. busy: whether anybody knocked at all.
    """

    number: int
    commune: str
    kind: AreaKind
    size: int
    official: int | None
    reached: int
    busy: bool = True

    @property
    def tried(self) -> int:
        """Households that were visited without meeting anybody."""
        return round(0.4 * (self.size - self.reached)) if self.busy else 0

    @property
    def code(self) -> str:
        # With an "M", so that no list of real hamlets ever has this code.
        return f"{self.commune}-M{self.number:03}"

    @property
    def name(self) -> str:
        return f"Mẫu {self.number}"


# How far each of twelve hamlets has come, so that every class of the map is there; then from the start again.
_SHARES = (0.55, 0.1, 0.85, 0.6, 0.97, 0.0, 0.4, 0.3, 0.9, 1.0, 0.72, 0.18)
_SMALL, _UNLISTED, _OVERFULL = 3, 6, 9


def choose_communes(codes: Sequence[str], number: int) -> list[str]:
    """The communes of the sample out of the province's, in the order they are taken."""
    others = sorted(set(codes) - {*FIRST_COMMUNES, LAST_COMMUNE})
    ordered = [*(code for code in FIRST_COMMUNES if code in codes), *others]
    ordered += [LAST_COMMUNE] if LAST_COMMUNE in codes else []
    return ordered[:number]


def plan_hamlets(communes: Sequence[str], households: int, chance: Random) -> list[SampleHamlet]:
    """Hamlets for exactly that many households, as many in each commune; at least one household in each.

    Small ones, until a commune has one of each share; then they grow as large as real ones, and then more are made.
    """
    communes = communes[:households]
    in_commune = households / len(communes)
    size = min(max(USUAL_SIZE, in_commune / len(_SHARES)), REAL_SIZE)
    in_each = max(1, min(round(in_commune / size), households // len(communes)))
    places = [commune for commune in communes for _ in range(in_each)]
    sizes = _sizes(len(places), households, chance)
    return [_hamlet(number, commune, size) for number, (commune, size) in enumerate(zip(places, sizes, strict=True), 1)]


def as_of(today: date) -> date:
    """The day the made-up official lists are from."""
    return today.replace(day=1) - timedelta(days=1)


def _sizes(places: int, households: int, chance: Random) -> list[int]:
    usual = households / places
    small = {place for place in range(places) if place % len(_SHARES) == _SMALL and usual > 2 * SMALL_SIZE}
    weights = [0.0 if place in small else chance.uniform(0.75, 1.25) for place in range(places)]
    spare = households - SMALL_SIZE * len(small) - (places - len(small))
    sizes = [SMALL_SIZE if place in small else 1 + int(spare * w / sum(weights)) for place, w in enumerate(weights)]
    large = [place for place in range(places) if place not in small]
    for turn in range(households - sum(sizes)):
        sizes[large[turn % len(large)]] += 1
    return sizes


def _hamlet(number: int, commune: str, size: int) -> SampleHamlet:
    turn = (number - 1) % len(_SHARES)
    share = _SHARES[turn]
    # The fifth of twelve has the list exactly right, so that one hamlet is all but done.
    official: int | None = size if turn == 4 else size + number % 3
    reached = round(share * size)
    if turn == _UNLISTED:
        official = None
    elif turn == _OVERFULL and size > 3:
        official = reached - max(1, size // 15)
    kind = AreaKind.THON if commune == FIRST_COMMUNES[2] else AreaKind.BAN
    return SampleHamlet(number, commune, kind, size, official, min(reached, size), busy=share > 0)
