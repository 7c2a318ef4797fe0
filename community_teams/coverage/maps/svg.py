"""Writes a map as SVG. Presentation attributes only: the pages' security policy forbids inline styles, and the printer
reads no style sheet inside a drawing.

Written here and not in a template because a province has 166 communes, and a template takes ten times as long for each.
The words come from a template all the same, as patterns with the places of names and numbers in braces.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from community_teams.coverage.domain.coverage import rounded_down
from community_teams.coverage.domain.drawing import Archipelago, Drawing, Shape, Style
from community_teams.coverage.domain.layers import FEWEST, LayerCell
from community_teams.coverage.domain.map_style import Known, Mark
from community_teams.coverage.maps.features import Seen
from translations.formats import number, percent

LINE = "#4d4436"
FAR = "#7a6c57"
PAPER = "#fffdf7"
# Writing on outlines, in drawing units: below SMALL the page hides it on a phone, below LEAST nobody could read it.
LARGEST, SMALL, LEAST = 34, 30, 8
# Where areas are many, numbers of much different size would look like a judgement.
MANY, LARGEST_OF_MANY = 60, 19

BOLD = ' font-weight="700"'
DOTS = ' stroke-dasharray="0 11" stroke-linecap="round"'
# A style sheet may show it where there is room.
NOT_SHOWN = ' display="none"'
HATCH = (
    '<defs><pattern id="hatch" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="14" height="14" fill="{PAPER}"/><path d="M0 0v14" stroke="#e2d6bd" stroke-width="6"/>'
    "</pattern></defs>"
)


@dataclass(frozen=True)
class Words:
    """What a map says, in the reader's language.

    layer_share, layer_count, not_asked: the same for layers other than households met. stale: said after the rest.
    few: "dưới {number}".
    names: kind -> "xã {name}". share: "{name}: {share}, … {reached} … {households} …". hidden, no_share, nothing:
    "{name}: …". veiled: the word in a hidden tile. archipelago: "Quần đảo {name}", and `archipelago_word` alone.
    """

    label: str
    names: Mapping[str, str]
    share: str
    hidden: str
    no_share: str
    nothing: str
    veiled: str
    layer_share: str
    layer_count: str
    not_asked: str
    few: str
    stale: str
    archipelago: str
    archipelago_word: str
    archipelagos: Mapping[str, str]


def map_words(*, names: Mapping[str, str], archipelagos: Mapping[str, str], **sentences: str) -> Words:
    """Words from a template, which gives them as markup: here they become plain text again."""
    return Words(names=_plain(names), archipelagos=_plain(archipelagos), **_plain(sentences))


def draw_map(
    drawing: Drawing,
    seen: Mapping[str, Seen],
    words: Words,
    base: str,
    query: str = "",
) -> Markup:
    """The whole map, well-formed XML.

    base: address to put a code after, such as "/do-phu/"; "" in print, where nothing can be tapped. query: what comes
    after the code, such as "?lop=song". Areas that are not in `seen` are not drawn.
    """
    tiles = drawing.style is Style.TILES
    width = "few" if drawing.columns <= 5 else "some" if drawing.columns <= 11 else "many"
    # On paper every tile of a map with few of them is large enough for its name; on a screen the style sheet decides.
    named = not base and width != "many"
    # Dots around a tile at the edge lie half outside of it.
    edge = 4 if tiles else 0
    largest = LARGEST_OF_MANY if len(drawing.shapes) > MANY else LARGEST
    parts = [
        f'<svg class="map map-{drawing.style} map-{width}" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="{-edge} {-edge} {drawing.width + 2 * edge:g} {drawing.height + 2 * edge:g}" '
        f'role="{"group" if base else "img"}" aria-label="{escape(words.label)}">',
        HATCH,
    ]
    for islands in drawing.archipelagos:
        parts.append(_archipelago(islands, words, tiles, base if islands.code in seen else "", query))
    for shape in drawing.shapes:
        if shape.code in seen:
            parts.append(_area(shape, seen[shape.code], words, tiles, named, largest, base, query))
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every name and sentence in it has been escaped


def told(here: Seen, words: Words) -> str:
    """One area's figures as a sentence, for those who hear the map and those who touch it."""
    name = words.names[here.place.kind or ""].format(name=here.place.name)
    return _figures_told(here, words, name) + (f". {words.stale}" if here.stale else "")


def _figures_told(here: Seen, words: Words, name: str) -> str:
    if here.of_layer and not (here.coverage and here.coverage.nothing_known):
        return _layer_told(here.layer, words, name)
    coverage = here.coverage
    if coverage is None:
        return words.hidden.format(name=name)
    if coverage.nothing_known:
        return words.nothing.format(name=name)
    if coverage.share is None:
        return words.no_share.format(name=name)
    return words.share.format(
        name=name,
        share=percent(rounded_down(coverage.share)),
        reached=number(coverage.reached_listed),
        households=number(coverage.households),
    )


def _layer_told(cell: LayerCell | None, words: Words, name: str) -> str:
    if cell is None:
        return words.hidden.format(name=name)
    counted = words.few.format(number=FEWEST) if cell.few else number(cell.number)
    if cell.share is not None:
        share, out_of = percent(rounded_down(cell.share, 2 if cell.rounded else 3)), number(cell.out_of)
        return words.layer_share.format(name=name, share=share, number=counted, out_of=out_of)
    if cell.out_of is None:
        return words.layer_count.format(name=name, number=counted)
    return words.not_asked.format(name=name)


def _plain(words: Mapping[str, str]) -> dict[str, str]:
    return {key: Markup(word).unescape() for key, word in words.items()}  # noqa: S704 - on its way out of markup


def _area(shape: Shape, here: Seen, words: Words, tiles: bool, named: bool, largest: int, base: str, query: str) -> str:
    sentence = escape(told(here, words))
    known = here.mark.known
    fill = "url(#hatch)" if known is Known.NO_SHARE else here.mark.fill
    dashes = (' stroke-dasharray="7 5"' if tiles else ' stroke-dasharray="3 3"') if known is Known.HIDDEN else ""
    width = 2 if tiles else 1
    if here.stale:
        # Round dots, to be told from the dashes of what is hidden.
        width, dashes = (7, DOTS) if tiles else (3, ' stroke-dasharray="0 5" stroke-linecap="round"')
    inside = (
        f'<path d="{shape.path}" fill="{fill}" fill-rule="evenodd" stroke="{LINE}" stroke-width="{width}"{dashes}/>'
    )
    # The name first, then the number, as the sentence for listeners has them.
    if tiles:
        for line, text in enumerate(here.name_lines):
            inside += _text("map-name", shape.x, shape.y - 24 + 21 * line, 20, here.mark.ink, text, shown=named) + " "
    value = _value(here.mark, words)
    if value and tiles:
        lower, size = (34, 36) if named else (18, 50)
        inside += _text("map-value", shape.x, shape.y + lower, size, here.mark.ink, value, bold=True)
    elif value:
        size = min(largest, int(shape.room / len(value) * 1.15))
        if size >= LEAST:
            name = "map-value map-small" if size < SMALL else "map-value"
            inside += _text(name, shape.x, shape.y + size * 0.36, size, here.mark.ink, value, bold=True)
    if not base:
        return f"<g>{inside}</g>\n"
    address = f"{base}{escape(shape.code)}{escape(query)}"
    return f'<a href="{address}" aria-label="{sentence}"><title>{sentence}</title>{inside}</a>\n'


def _value(mark: Mark, words: Words) -> str:
    if mark.percent is not None:
        return str(mark.percent)
    if mark.count is not None:
        return f"<{FEWEST}" if mark.few else number(mark.count)
    return words.veiled if mark.known is Known.HIDDEN else ""


def _archipelago(islands: Archipelago, words: Words, tiles: bool, base: str, query: str) -> str:
    name = words.archipelagos[islands.key]
    whole = words.archipelago.format(name=name)
    inside = (
        f'<path d="{islands.path}" fill="{PAPER if tiles else "none"}" stroke="{FAR}" stroke-width="2" '
        'stroke-dasharray="8 6"/>'
    )
    inside += "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{FAR}"/>' for x, y in islands.dots)
    if tiles:
        inside += _text("map-sea", islands.x, islands.y - 18, 26, "#3a332a", words.archipelago_word) + " "
        inside += _text("map-sea", islands.x, islands.y + 13, 32, "#3a332a", name, bold=True)
    else:
        inside += _text("map-far", islands.x, islands.y, 32, "#3a332a", whole)
    if not base:
        return f"<g>{inside}</g>\n"
    return f'<a href="{base}{escape(islands.code)}{escape(query)}" aria-label="{escape(whole)}">{inside}</a>\n'


def _text(
    name: str, x: float, y: float, size: int, ink: str, text: str, *, bold: bool = False, shown: bool = True
) -> str:
    # Readers hear the sentence of the whole area instead.
    return (
        f'<text class="{name}"{"" if shown else NOT_SHOWN} x="{x:.0f}" y="{y:.0f}" '
        f'font-size="{size}"{BOLD if bold else ""} text-anchor="middle" fill="{ink}" aria-hidden="true">'
        f"{escape(text)}</text>"
    )
