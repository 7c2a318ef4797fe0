"""Writes the table under a map, with the same figures. Not a template: that takes ten times as long for 166 rows."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from community_teams.area_pages.queries.area_page import Work
from community_teams.coverage.domain.coverage import Coverage, rounded_down
from community_teams.coverage.domain.layers import FEWEST, LayerCell
from community_teams.coverage.domain.suppression import Published
from community_teams.coverage.queries.coverage import AreaCoverage, ChildCoverage, Place
from community_teams.coverage.queries.layers import LayerFigures
from translations.formats import number, percent


@dataclass(frozen=True)
class TableRow:
    """One area. coverage: None where it is hidden; then the texts are empty.

    reached: met, of the households written down; of the listed ones where the former is suppressed.
    """

    place: Place
    heading: str
    coverage: Coverage | Published | None
    households: str = ""
    enumerated: str = ""
    reached: str = ""
    share: str = ""
    share_of_enumerated: str = ""
    left: str = ""


def rows_of(lines: Iterable[ChildCoverage], names: Mapping[str, str]) -> list[TableRow]:
    """names: kind -> "xã {name}"; the first letter becomes a capital. Areas without any figure are left out."""
    return [_row(line, names) for line in lines if not line.silent]


def draw_rows(
    figures: AreaCoverage,
    names: Mapping[str, str],
    words: Mapping[str, str],
    base: str,
    source_of: Callable[[Coverage | Published], str] | None,
) -> Markup:
    """The rows of the table's body; areas without any figure are left out.

    names: as for rows_of. words: hidden, only_listed, listed ("… {n} …"), lacking ("… {n} …"), doubtful. base:
    address before an area's code. source_of: where an official list is from, as markup, when the lines have several;
    None when they share one.
    """
    escaped = {name: str(escape(word)) for name, word in words.items()}
    rows = (_table_row(_row(line, names), escaped, base, source_of) for line in figures.lines if not line.silent)
    return Markup("\n".join(rows))  # noqa: S704 - escaped below


def draw_layer_rows(
    figures: AreaCoverage,
    shown: LayerFigures,
    names: Mapping[str, str],
    base: str,
    query: str,
    hidden: str,
    stale: str,
    few: str,
) -> Markup:
    """The rows of the table under a layer's map; areas without any figure are left out.

    names: as for rows_of. base, query: before and after an area's code. hidden, stale: words for its state.
    few: "dưới {n}", for what was rounded down to nothing.
    """
    layer = shown.layer
    width = 1 if layer.out_of is None else 4 if layer.eligible else 3

    def row(line: ChildCoverage, cell: LayerCell | None, is_stale: bool) -> str:
        heading = escape(_heading(line.place, names))
        if is_stale:
            heading += Markup(_note(str(escape(stale))))  # noqa: S704 - escaped
        head = f'<tr><th scope="row"><a href="{base}{escape(line.place.code)}{escape(query)}">{heading}</a></th>'
        if cell is None:
            where = "quiet num" if width == 1 else "quiet"
            return f'{head}<td colspan="{width}" class="{where}">{escape(hidden)}</td></tr>'
        counted = few.format(n=FEWEST) if cell.few else number(cell.number)
        # The difference of two equal tens may be up to nine.
        missing = few.format(n=10) if cell.rounded and cell.missing == 0 else number(cell.missing)
        share = _cut(cell.share, 2 if cell.rounded else 3)
        values = [counted, number(cell.out_of), share, missing][:width]
        return head + "".join(f'<td class="num">{value}</td>' for value in values) + "</tr>"

    drawn = (
        row(line, shown.lines.get(code), code in shown.stale)
        for line in figures.lines
        if not line.silent and (code := line.place.code)
    )
    return Markup("\n".join(drawn))  # noqa: S704 - escaped above


def draw_work_rows(
    figures: AreaCoverage, work: Mapping[str, Work], names: Mapping[str, str], base: str, unended: str
) -> Markup:
    """The rows of the table of the teams' work; areas without any visit are left out.

    names: as for rows_of. base: address before an area's code; a hamlet's own row has no link. unended: "{n} …", for
    visits whose end was not recorded.
    """
    places = [line.place for line in figures.lines] or [figures.place]

    def row(place: Place, done: Work) -> str:
        heading = str(escape(_heading(place, names)))
        if figures.lines:
            heading = f'<a href="{base}{escape(place.code)}">{heading}</a>'
        hours = number(done.minutes / 60, 1)
        if done.timed < done.visits:
            hours += _note(str(escape(unended)).format(n=number(done.visits - done.timed)))
        members = "–" if done.members is None else number(done.members)
        cells = "".join(f'<td class="num">{cell}</td>' for cell in (number(done.visits), hours, members))
        return f'<tr><th scope="row">{heading}</th>{cells}</tr>'

    drawn = (row(place, work[place.code]) for place in places if place.code in work)
    return Markup("\n".join(drawn))  # noqa: S704 - escaped above


def _heading(place: Place, names: Mapping[str, str]) -> str:
    name = str(names[place.kind or ""]).format(name=place.name)
    return name[:1].upper() + name[1:]


def _table_row(
    row: TableRow, words: Mapping[str, str], base: str, source_of: Callable[[Coverage | Published], str] | None
) -> str:
    head = f'<tr><th scope="row"><a href="{base}{escape(row.place.code)}">{escape(row.heading)}</a></th>'
    of = row.coverage
    if of is None:
        return f'{head}<td colspan="6" class="quiet">{words["hidden"]}</td></tr>'
    met, listed, share = row.reached, row.households, row.share
    if source_of and of.sources:
        listed += _note(source_of(of))
    if of.doubtful:
        share += _note(words["doubtful"])
    if of.unlisted and of.households is not None:
        of_listed = words["listed"].format(n=f"<span data-listed>{number(of.reached_listed)}</span>")
        listed_met = words["only_listed"] if of.reached is None else of_listed
        met += _note(listed_met)
        share += _note(words["lacking"].format(n=number(of.unlisted)))
    cells = (met, listed, share, row.enumerated, row.share_of_enumerated, row.left)
    return head + "".join(f'<td class="num">{cell}</td>' for cell in cells) + "</tr>"


def _note(markup: str) -> str:
    return f'<span class="source">{markup}</span>'


def _row(line: ChildCoverage, names: Mapping[str, str]) -> TableRow:
    heading = _heading(line.place, names)
    of = line.coverage
    if of is None:
        return TableRow(line.place, heading, None)
    return TableRow(
        line.place,
        heading,
        of,
        households=number(of.households),
        enumerated=number(of.enumerated),
        reached=number(of.reached_listed if of.reached is None else of.reached),
        share=_cut(of.share),
        share_of_enumerated=_cut(of.share_of_enumerated),
        left=number(of.left_to_goal),
    )


def _cut(share: float | None, places: int = 3) -> str:
    return percent(None if share is None else rounded_down(share, places))
