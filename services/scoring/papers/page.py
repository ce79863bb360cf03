"""The sheet as a page: the form and the charts, each with a table that says the same to whoever can't see it."""

from collections.abc import Iterable, Sequence
from html import escape

from services.scoring.papers.charts import OfPeriod, change_over_periods, points_by_criterion
from services.scoring.papers.fonts import FAMILY
from services.scoring.papers.form import Form

MOST_NAMED, MOST_MISSING = 100, 1_000
_STYLE = f"""body{{font-family:'{FAMILY}',sans-serif;max-width:60rem;margin:auto;padding:1rem;line-height:1.45}}
table{{border-collapse:collapse;width:100%;margin:1rem 0}}caption{{text-align:start;font-weight:bold}}
th,td{{border:1px solid #767676;padding:.3rem .5rem;text-align:start;vertical-align:top;overflow-wrap:anywhere}}
figure{{margin:1rem 0}}svg{{max-width:100%;height:auto}}"""


def page(form: Form, periods: Sequence[OfPeriod]) -> str:
    """An HTML page that needs no script and nothing from elsewhere; `periods`: this body's totals, in order."""
    title = escape(f"{form.word('sheet')}: {form.body}, {form.period}")
    return f"""<!doctype html>
<html lang="{form.language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>{_STYLE}</style></head>
<body><main>
<h1>{escape(form.word("sheet"))}</h1>
<p><strong>{escape(form.body)}</strong>, {escape(form.period)}</p>
<h2>{escape(form.part)}</h2>
{_sheet(form)}
<h2>{escape(form.word("by-criterion"))}</h2>
<figure>{points_by_criterion(form)}</figure>
{_points(form)}
{_over_periods(form, periods) if periods else ""}
{_missing(form)}
<dl>{"".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in form.notes)}</dl>
</main></body>
</html>
"""


def _over_periods(form: Form, periods: Sequence[OfPeriod]) -> str:
    drawn = f"<figure>{change_over_periods(periods, form.language)}</figure>"
    return f"<h2>{escape(form.word('by-period'))}</h2>\n{drawn}\n{_periods(form, periods)}"


def _sheet(form: Form) -> str:
    lines = [(line.number, line.title, line.points) for line in form.lines]
    return _table(form, form.part, ("number", "criterion", "points"), lines, total=(form.word("total"), form.total))


def _points(form: Form) -> str:
    rows = [
        (
            line.number,
            line.points,
            str(row.max),
            form.paragraph(row),
            form.because(row),
            form.organisations(row, MOST_NAMED),
        )
        for line in form.lines
        if (row := line.scored)
    ]
    heads = ("number", "points", "max", "paragraph", "because", "organisations")
    return _table(form, form.word("by-criterion"), heads, rows)


def _periods(form: Form, periods: Sequence[OfPeriod]) -> str:
    rows = [(str(p.period), form.word("unknown") if p.total is None else str(p.total), str(p.max)) for p in periods]
    return _table(form, form.word("by-period"), ("of-period", "sum", "max"), rows)


def _missing(form: Form) -> str:
    if not form.missing:
        return ""
    rows = [(lack.row, lack.organisation, lack.what, lack.whom) for lack in form.missing[:MOST_MISSING]]
    more = len(form.missing) - len(rows)
    table = _table(form, form.word("missing"), ("row", "organisation", "what", "whom"), rows)
    return table + (f"<p>{escape(form.word('others', count=more))}</p>" if more else "")


def _table(
    form: Form, caption: str, heads: Iterable[str], rows: Iterable[Sequence[str]], total: tuple[str, str] | None = None
) -> str:
    """A table whose first cell in each row names the row."""
    columns = "".join(f'<th scope="col">{escape(form.word(head))}</th>' for head in heads)
    body = "".join(_row(row) for row in rows)
    foot = "" if total is None else _foot(*total)
    head = f"<caption>{escape(caption)}</caption><thead><tr>{columns}</tr></thead>"
    return f"<table>{head}<tbody>{body}</tbody>{foot}</table>"


def _foot(name: str, total: str) -> str:
    return f'<tfoot><tr><th scope="row" colspan="2">{escape(name)}</th><td>{escape(total)}</td></tr></tfoot>'


def _row(cells: Sequence[str]) -> str:
    first, *others = (escape(cell) for cell in cells)
    return f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in others)}</tr>'
