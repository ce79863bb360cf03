"""Charts as SVG, drawn by leather; a table with the same numbers stands beside each (page.py).

The bar of what was given lies upon the bar of the most that could be; where facts are missing there is none.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any, NamedTuple

import leather

from services.scoring.papers.fonts import FAMILY
from services.scoring.papers.form import Form, word
from shared.texts.languages import Language

_GIVEN, _MOST, _INK = "#0b4a8f", "#949494", "#333333"
_WIDTH, _ROW, _FRAME, _HEIGHT = 800, 28, 130, 400
_THEME = {
    "background_color": "#ffffff", "legend_color": _INK, "label_color": _INK,
    "title_font_family": f"{FAMILY}, sans-serif", "legend_font_family": f"{FAMILY}, sans-serif",
    "tick_font_family": f"{FAMILY}, sans-serif",
}  # fmt: skip
for _name, _value in _THEME.items():
    setattr(leather.theme, _name, _value)


class OfPeriod(NamedTuple):
    """What a body's sheet of one part came to in a period; `total` is None while facts are missing."""

    period: int
    total: int | None
    max: int


def points_by_criterion(form: Form) -> str:
    """A bar for each scored row: its points, of the most that it can have."""
    rows = [row for line in form.lines if (row := line.scored)]
    chart, most = leather.Chart(form.word("by-criterion")), max(row.max for row in rows)
    names = form.word("max"), form.word("points")
    for name, color, values in _series(names, [(row.points, row.max) for row in rows]):
        numbers = [row.number for row in rows]
        chart.add_bars(list(zip(values, numbers, strict=True)), name=name, fill_color=color)
    chart.add_x_scale(0, most)
    chart.add_x_axis(ticks=list(range(most + 1)))
    return _told(chart, form.language, "by-criterion", _FRAME + _ROW * len(rows))


def change_over_periods(periods: Sequence[OfPeriod], language: Language) -> str:
    """A column for the total of each period, at least one, in order: of the most that it can be."""
    chart = leather.Chart(word("by-period", language))
    names = word("max", language), word("sum", language)
    for name, color, values in _series(names, [(period.total, period.max) for period in periods]):
        years = [str(period.period) for period in periods]
        chart.add_columns(list(zip(years, values, strict=True)), name=name, fill_color=color)
    chart.add_y_scale(0, max(period.max for period in periods))
    return _told(chart, language, "by-period", _HEIGHT)


def _series(
    names: tuple[str, str], came: Sequence[tuple[int | None, int]]
) -> Iterator[tuple[str, str, list[int | None]]]:
    """The most that could be, and over it what was given. Where that isn't known both are left out, but for the frame when
    nothing at all is known: leather draws no series without a value."""
    known = any(given is not None for given, _ in came)
    yield names[0], _MOST, [most if given is not None or not known else None for given, most in came]
    if known:
        yield names[1], _GIVEN, [given for given, _ in came]


def _told(chart: Any, language: Language, name: str, height: int) -> str:
    """The drawing as one picture that scales, with a title and a description for whoever can't see it."""
    drawn: str = chart.to_svg(width=_WIDTH, height=height)
    start, _, rest = drawn.partition(">")
    said = f'role="img" lang="{language}" viewBox="0 0 {_WIDTH} {height}" aria-labelledby="{name}-title {name}-desc"'
    title, described = escape(word(name, language)), escape(word(f"{name}-drawn", language))
    return f'{start} {said}><title id="{name}-title">{title}</title><desc id="{name}-desc">{described}</desc>{rest}'
