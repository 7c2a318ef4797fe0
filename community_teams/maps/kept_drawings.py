"""Maps and tables as text, kept for as long as the figures in them are the same: figures know by their token.

Where they are not, the areas that have not changed are kept one by one: a visit changes one of a province's 166.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

from markupsafe import Markup

from community_teams.domain.drawing import Drawing
from community_teams.domain.unchanged import Unchanged
from community_teams.maps.rows import draw_layer_rows, draw_rows, draw_work_rows
from community_teams.maps.seen import Seen
from community_teams.maps.svg import Words, draw_map
from community_teams.queries.area_page import Work
from community_teams.queries.coverage import MOST_AREAS, Figures
from community_teams.queries.layers import LayerFigures

T = TypeVar("T")
# Each process keeps so many characters: the drawings of a province are some 200,000 in each layer.
MOST_CHARACTERS = 12_000_000
# And the areas of so many maps and tables one by one.
MOST_IN_PIECES = 60


@dataclass(frozen=True)
class Sight:
    """What a map shows, made out only when it has to be drawn.

    token: the same token, the same sight; None: unknown. of: names the sight, whatever its figures are.
    """

    token: Hashable
    of: Hashable
    areas: Callable[[], Mapping[str, Seen]]


class _Same:
    """Stands for one object in a key: equal to itself only, and alive for as long as the key is."""

    def __init__(self, one: object) -> None:
        self.one = one

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.one is other.one

    def __hash__(self) -> int:
        return id(self.one)


class _Texts:
    def __init__(self) -> None:
        self._texts: OrderedDict[Hashable, Any] = OrderedDict()
        self._characters = 0
        self._lock = Lock()

    def get(self, token: Hashable, what: Hashable, draw: Callable[[], T]) -> T:
        """token: None where nothing may be kept."""
        if token is None:
            return draw()
        key = token, what
        with self._lock:
            if key in self._texts:
                self._texts.move_to_end(key)
                found: T = self._texts[key]
                return found
        text = draw()
        with self._lock:
            if key not in self._texts:
                self._texts[key] = text
                self._characters += len(str(text))
            while self._characters > MOST_CHARACTERS:
                self._characters -= len(self._texts.popitem(last=False)[1])
        return text


_texts = _Texts()


def kept_text(token: Hashable, what: Hashable, tell: Callable[[], str]) -> str:
    """Any other text made of figures alone."""
    return _texts.get(token, what, tell)


@lru_cache(MOST_IN_PIECES)
def _pieces(_of: Hashable, _what: Hashable) -> Unchanged[str]:
    """Areas drawn one by one. Both names together say everything a piece is made of, but for the area's own figures."""
    return Unchanged(MOST_AREAS)


def drawn_map(drawing: Drawing, sight: Mapping[str, Seen] | Sight, words: Words, base: str, query: str = "") -> Markup:
    """As svg.draw_map."""
    if not isinstance(sight, Sight):
        return draw_map(drawing, sight, words, base, query)
    what = "map", _Same(drawing), repr(words), base, query
    return _texts.get(
        sight.token, what, lambda: draw_map(drawing, sight.areas(), words, base, query, _pieces(sight.of, what))
    )


def drawn_rows(figures: Figures, names: Mapping[str, str], words: Mapping[str, str], base: str, source: Any) -> Markup:
    """As rows.draw_rows; source: source_of."""
    what = "rows", repr(names), repr(words), base, source is None
    return _texts.get(
        figures.token,
        what,
        lambda: draw_rows(figures.lines, names, words, base, source or None, _pieces(figures.of, what)),
    )


def drawn_layer_rows(
    figures: Figures, shown: LayerFigures, names: Mapping[str, str], base: str, query: str, *words: str
) -> Markup:
    """As rows.draw_layer_rows. words: the last of its arguments."""
    what = "layer rows", repr(names), base, query, words
    return _texts.get(
        shown.token,
        (what, frozenset(shown.stale)),
        lambda: draw_layer_rows(_pieces(figures.of, what), figures.lines, shown, names, base, query, *words),
    )


def drawn_work(figures: Figures, work: Mapping[str, Work], names: Mapping[str, str], base: str, unended: str) -> Markup:
    """As rows.draw_work_rows."""
    what = "work", repr(names), base, unended
    places = [line.place for line in figures.lines] or [figures.place]
    base_of_lines = base if figures.lines else ""
    return _texts.get(
        figures.token,
        (what, _Same(work)),
        lambda: draw_work_rows(_pieces(figures.of, what), places, work, names, base_of_lines, unended),
    )
