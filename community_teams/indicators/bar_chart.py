"""Draws shares as bars with their numbers printed, so that the chart can be read without colours."""

from collections.abc import Sequence

import pygal
from lxml import etree
from pygal.style import Style

from community_teams.coverage.trend_chart import STYLE, whole_percent

WIDTHS = {"hep": 340, "rong": 720}
_ROW = 44
# Light enough to read the number printed on it.
_STYLE = Style(**{**STYLE.__dict__, "colors": ("#c3cbe6",), "opacity": "1", "value_font_size": 15})


def bars_svg(rows: Sequence[tuple[str, float]], size: str) -> str:
    """One bar a row, the first on top. rows: label, percent; values over 100 extend the scale. size: key of WIDTHS."""
    most = max((percent for _, percent in rows), default=0)
    chart = pygal.HorizontalBar(
        style=_STYLE,
        width=WIDTHS[size],
        height=_ROW * len(rows) + 70,
        js=(),
        show_legend=False,
        disable_xml_declaration=True,
        no_prefix=True,
        range=(0, max(100, most)),
        y_labels=[0, 20, 50, 80, 100] if most <= 100 else None,
        print_values=True,
        print_values_position="top",
        value_formatter=whole_percent,
        # Drawn from the bottom up.
        x_labels=[label for label, _ in reversed(rows)],
        truncate_label=-1,
        margin=12,
        margin_right=24,
    )
    chart.add("", [percent for _, percent in reversed(rows)])
    drawing = chart.render_tree()
    for script in drawing.findall(".//{*}script"):
        script.getparent().remove(script)
    return str(etree.tostring(drawing, encoding="unicode"))
