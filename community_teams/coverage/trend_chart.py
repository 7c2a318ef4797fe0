"""Draws the chart of a share, week by week."""

from collections.abc import Sequence

import pygal
from lxml import etree
from pygal.style import Style

# Lower bounds of the map's classes, so that the grid lines of the chart match the map.
GRID_PERCENTS = (0, 20, 50, 80, 95)
# In CSS pixels. A chart for a wide screen cannot be read on a phone, so there are two sizes.
SIZES = {"hep": (340, 260), "rong": (720, 300)}

STYLE = Style(
    background="#fffdf7",
    plot_background="#fffdf7",
    foreground="#3a332a",
    foreground_strong="#1b1b1b",
    foreground_subtle="#7a6c57",
    colors=("#253494",),
    font_family="system-ui, sans-serif",
    value_font_size=14,
    value_colors=("#1b1b1b",),
    label_font_size=14,
    major_label_font_size=14,
    guide_stroke_color="#c9bda5",
    major_guide_stroke_color="#c9bda5",
)


def whole_percent(percent: float) -> str:
    """The label of a share: cut, so that 99.6 is not shown as 100; 28.999…, which is 29 in binary, is 29."""
    return f"{int(percent + 1e-6)} %"


def trend_svg(name: str, points: Sequence[tuple[str, float]], size: str) -> str:
    """A line of shares in percent, oldest first; no points give an empty chart.

    name: of the line. points: label of the week, percent; the scale grows for values over 100. size: a key of SIZES.
    """
    width, height = SIZES[size]
    most = max((percent for _, percent in points), default=0)
    labels = [label for label, _ in points]
    chart = pygal.Line(
        style=STYLE,
        width=width,
        height=height,
        js=(),
        show_legend=False,
        disable_xml_declaration=True,
        no_prefix=True,
        dots_size=3,
        stroke_style={"width": 3},
        range=(0, max(100, most)),
        y_labels=[*GRID_PERCENTS, *([most] if most > 100 else [])],
        value_formatter=whole_percent,
        x_labels=labels,
        # As many as fit side by side, always with the last one.
        x_labels_major=labels[::-1][:: max(1, -(-len(labels) * 70 // width))],
        show_minor_x_labels=False,
        truncate_label=-1,
        margin=12,
        margin_right=24,
    )
    chart.add(name, [percent for _, percent in points])
    drawing = chart.render_tree()
    # pygal adds scripts for tooltips; our security policy would block them.
    for script in drawing.findall(".//{*}script"):
        script.getparent().remove(script)
    return str(etree.tostring(drawing, encoding="unicode"))
