"""Charts as SVG, drawn by pygal; a table with the same numbers stands beside each (page.py).

What pygal adds for its own script (tooltips, coordinates, the date) is taken out, and a title and description are put in.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

import pygal
from pygal.style import Style

from services.scoring.papers.fonts import FAMILY
from services.scoring.papers.form import Form, word
from shared.texts.languages import Language

_STYLE = Style(
    colors=("#1b5e9b", "#a9c3dc"), background="#ffffff", plot_background="#ffffff", opacity="1", opacity_hover="1",
    font_family=f"{FAMILY}, sans-serif", label_font_size=14, major_label_font_size=14, legend_font_size=14,
    title_font_size=18, value_font_size=13, transition="0s",
)  # fmt: skip
_WIDTH, _ROW, _FRAME = 800, 44, 110


class OfPeriod(NamedTuple):
    """What a body's sheet of one part came to in a period; `total` is None while facts are missing."""

    period: int
    total: int | None
    max: int


def points_by_criterion(form: Form) -> str:
    """A bar for the points of each scored row, and one for the most that it can have."""
    rows = [row for line in reversed(form.lines) if (row := line.scored)]  # the first is drawn lowest
    chart = _chart(pygal.HorizontalBar, "points", form.language, "by-criterion", height=_FRAME + _ROW * len(rows))
    chart.x_labels = [row.number for row in rows]
    chart.add(form.word("points"), [row.points for row in rows])
    chart.add(form.word("max"), [row.max for row in rows])
    return str(chart.render(is_unicode=True))


def change_over_periods(periods: Sequence[OfPeriod], language: Language) -> str:
    """A bar for the total of each period in order, and one for its maximum; a period that isn't known has a gap."""
    chart = _chart(pygal.Bar, "periods", language, "by-period", height=420)
    chart.x_labels = [str(p.period) for p in periods]
    chart.add(word("sum", language), [p.total for p in periods])
    chart.add(word("max", language), [p.max for p in periods])
    return str(chart.render(is_unicode=True))


def _chart(kind: Callable[..., Any], name: str, language: Language, title: str, height: int) -> Any:
    chart = kind(
        js=(), style=_STYLE, width=_WIDTH, height=height, disable_xml_declaration=True, print_values=True,
        legend_at_bottom=True, include_x_axis=True, truncate_legend=-1, title=word(title, language),
        formatter=lambda value: "" if value is None else f"{value:g}",
    )  # fmt: skip
    chart.uuid = name  # else a new one each time
    chart.add_xml_filter(lambda root: _told(root, name, language, title))
    return chart


def _told(root: Element, name: str, language: Language, title: str) -> Element:
    """The drawing as one picture with a title and a description, for whoever can't see it."""
    for parent in list(root.iter()):
        for child in list(parent):
            if not isinstance(child.tag, str) or child.tag.split("}")[-1] in ("script", "title", "desc"):
                parent.remove(child)
    for place, (tag, text) in enumerate((("title", word(title, language)), ("desc", word(f"{title}-drawn", language)))):
        said = Element(tag, {"id": f"{name}-{tag}"})
        said.text = text
        root.insert(place, said)
    root.attrib |= {"role": "img", "lang": language, "aria-labelledby": f"{name}-title {name}-desc"}
    return root
