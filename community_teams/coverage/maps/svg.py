"""Writes a map as SVG. Presentation attributes only: the pages' security policy forbids inline styles, and the PDF
renderer reads no style sheet inside a drawing.

Written here and not in a template because a province has 166 communes, and a template takes ten times as long for each.
The words still come from a template, as patterns with placeholders in braces.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from community_teams.coverage.domain.coverage import rounded_down
from community_teams.coverage.domain.drawing import Archipelago, Drawing, Shape, Style
from community_teams.coverage.domain.layers import FEWEST, LayerCell
from community_teams.coverage.domain.map_style import AreaStyle, Visibility
from community_teams.coverage.maps.features import MapFeature
from translations.formats import number, percent

LINE = "#4d4436"
FAR = "#7a6c57"
PAPER = "#fffdf7"
# Text on outlines, in drawing units: below SMALL the page hides it on a phone, below LEAST it could not be read.
LARGEST, SMALL, LEAST = 34, 30, 8
# With many areas, numbers of very different size would look like a judgement.
MANY, LARGEST_OF_MANY = 60, 19

BOLD = ' font-weight="700"'
DOTS = ' stroke-dasharray="0 11" stroke-linecap="round"'
# Hidden at first; the style sheet shows it where there is room.
NOT_SHOWN = ' display="none"'
HATCH = (
    '<defs><pattern id="hatch" width="14" height="14" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="14" height="14" fill="{PAPER}"/><path d="M0 0v14" stroke="#e2d6bd" stroke-width="6"/>'
    "</pattern></defs>"
)


@dataclass(frozen=True)
class Words:
    """The words of a map, in the reader's language.

    layer_share, layer_count, not_asked: the same for layers other than households met. stale: added after the rest.
    few: "dưới {number}".
    names: kind -> "xã {name}". share: "{name}: {share}, … {reached} … {households} …". hidden, no_share, nothing:
    "{name}: …". suppressed: the word in a hidden tile. archipelago: "Quần đảo {name}", and `archipelago_word` alone.
    """

    label: str
    names: Mapping[str, str]
    share: str
    hidden: str
    no_share: str
    nothing: str
    suppressed: str
    layer_share: str
    layer_count: str
    not_asked: str
    few: str
    stale: str
    archipelago: str
    archipelago_word: str
    archipelagos: Mapping[str, str]


def map_words(*, names: Mapping[str, str], archipelagos: Mapping[str, str], **sentences: str) -> Words:
    """Words from a template, converted from markup to plain text."""
    return Words(names=_plain(names), archipelagos=_plain(archipelagos), **_plain(sentences))


def draw_map(
    drawing: Drawing,
    features: Mapping[str, MapFeature],
    words: Words,
    base: str,
    query: str = "",
) -> Markup:
    """The whole map, well-formed XML.

    base: address before a code, such as "/do-phu/"; "" in print, without links. query: what follows the code, such as
    "?lop=song". Areas that are not in `features` are not drawn.
    """
    tiles = drawing.style is Style.TILES
    width = "few" if drawing.columns <= 5 else "some" if drawing.columns <= 11 else "many"
    # In print the tiles are large enough for names if there are not many; on a screen the style sheet decides.
    named = not base and width != "many"
    # The dots around a tile at the edge are half outside it.
    edge = 4 if tiles else 0
    largest = LARGEST_OF_MANY if len(drawing.shapes) > MANY else LARGEST
    parts = [
        f'<svg class="map map-{drawing.style} map-{width}" xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="{-edge} {-edge} {drawing.width + 2 * edge:g} {drawing.height + 2 * edge:g}" '
        f'role="{"group" if base else "img"}" aria-label="{escape(words.label)}">',
        HATCH,
    ]
    for islands in drawing.archipelagos:
        parts.append(_archipelago(islands, words, tiles, base if islands.code in features else "", query))
    for shape in drawing.shapes:
        if shape.code in features:
            parts.append(_area(shape, features[shape.code], words, tiles, named, largest, base, query))
    parts.append("</svg>")
    return Markup("".join(parts))  # noqa: S704 - every name and sentence in it has been escaped


def area_sentence(here: MapFeature, words: Words) -> str:
    """One area's figures as a sentence, for screen readers and for the tooltip."""
    name = words.names[here.place.kind or ""].format(name=here.place.name)
    return _figures_sentence(here, words, name) + (f". {words.stale}" if here.stale else "")


def _figures_sentence(here: MapFeature, words: Words, name: str) -> str:
    if here.of_layer and not (here.coverage and here.coverage.nothing_known):
        return _layer_sentence(here.layer, words, name)
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


def _layer_sentence(cell: LayerCell | None, words: Words, name: str) -> str:
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


def _area(
    shape: Shape, here: MapFeature, words: Words, tiles: bool, named: bool, largest: int, base: str, query: str
) -> str:
    sentence = escape(area_sentence(here, words))
    visibility = here.style.visibility
    fill = "url(#hatch)" if visibility is Visibility.NO_SHARE else here.style.fill
    dashes = (
        (' stroke-dasharray="7 5"' if tiles else ' stroke-dasharray="3 3"') if visibility is Visibility.HIDDEN else ""
    )
    width = 2 if tiles else 1
    if here.stale:
        # Round dots, different from the dashes of what is suppressed.
        width, dashes = (7, DOTS) if tiles else (3, ' stroke-dasharray="0 5" stroke-linecap="round"')
    inside = (
        f'<path d="{shape.path}" fill="{fill}" fill-rule="evenodd" stroke="{LINE}" stroke-width="{width}"{dashes}/>'
    )
    # The name first, then the number, in the order of the sentence for screen readers.
    if tiles:
        for line, text in enumerate(here.name_lines):
            inside += _text("map-name", shape.x, shape.y - 24 + 21 * line, 20, here.style.ink, text, shown=named) + " "
    value = _value(here.style, words)
    if value and tiles:
        lower, size = (34, 36) if named else (18, 50)
        inside += _text("map-value", shape.x, shape.y + lower, size, here.style.ink, value, bold=True)
    elif value:
        size = min(largest, int(shape.room / len(value) * 1.15))
        if size >= LEAST:
            name = "map-value map-small" if size < SMALL else "map-value"
            inside += _text(name, shape.x, shape.y + size * 0.36, size, here.style.ink, value, bold=True)
    if not base:
        return f"<g>{inside}</g>\n"
    address = f"{base}{escape(shape.code)}{escape(query)}"
    return f'<a href="{address}" aria-label="{sentence}"><title>{sentence}</title>{inside}</a>\n'


def _value(style: AreaStyle, words: Words) -> str:
    if style.percent is not None:
        return str(style.percent)
    if style.count is not None:
        return f"<{FEWEST}" if style.few else number(style.count)
    return words.suppressed if style.visibility is Visibility.HIDDEN else ""


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
    # Screen readers get the sentence of the whole area instead.
    return (
        f'<text class="{name}"{"" if shown else NOT_SHOWN} x="{x:.0f}" y="{y:.0f}" '
        f'font-size="{size}"{BOLD if bold else ""} text-anchor="middle" fill="{ink}" aria-hidden="true">'
        f"{escape(text)}</text>"
    )
