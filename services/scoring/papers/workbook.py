"""The sheet as an XLSX workbook: the order's form, and on sheets of their own the reasons, organisations and missing facts."""

from collections.abc import Iterable, Sequence

from openpyxl import Workbook

from services.scoring.papers.form import Form
from services.scoring.papers.saving import empty, put, saved, widths

MOST_NAMED = 5_000
"""How many organisations of a row are listed; where more decided it, the last line says how many."""
Line = Sequence[str | int]


def workbook(form: Form) -> bytes:
    """The form as XLSX; the same sheet is the same bytes."""
    book = empty()
    book.properties.title, book.properties.language = form.word("sheet"), form.language
    book.properties.creator = "Reglament"
    _form(book, form)
    scored = [(line, line.scored) for line in form.lines if line.scored]
    heads = [form.word(w) for w in ("number", "points", "max", "paragraph", "because")]
    reasons = ((x.number, _number(x.points), row.max, form.paragraph(row), form.because(row)) for x, row in scored)
    _table(book, form.word("reasons"), heads, reasons, (8, 14, 10, 22, 100))
    heads = [form.word(w) for w in ("row", "organisation")]
    _table(book, form.word("organisations"), heads, _organisations(form), (8, 30))
    if form.missing:
        heads = [form.word(w) for w in ("row", "organisation", "what", "whom")]
        lacks = ((m.row, m.organisation, m.what, m.whom) for m in form.missing)
        _table(book, form.word("missing"), heads, lacks, (8, 18, 50, 50))
    return saved(book)


def _form(book: Workbook, form: Form) -> None:
    sheet = book.create_sheet(form.word("sheet"))
    widths(sheet, 8, 100, 14)
    above = [
        form.word("form"),
        form.word("sheet"),
        form.body,
        form.word("body"),
        form.period,
        form.word("period"),
        form.part,
    ]
    for number, text in enumerate(above, 1):
        put(sheet, number, ["", text], bold=number in (2, 3, 5, 7))
    put(sheet, len(above) + 1, [form.word(w) for w in ("number", "criterion", "points")], bold=True)
    for line in form.lines:
        put(sheet, sheet.max_row + 1, [line.number, line.title, _number(line.points)])
    put(sheet, sheet.max_row + 1, ["", form.word("total"), _number(form.total)], bold=True)
    for name, value in form.notes:
        put(sheet, sheet.max_row + 1, ["", f"{name}: {value}"])
    sheet.print_title_rows = f"{len(above) + 1}:{len(above) + 1}"
    sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = sheet.PAPERSIZE_A4, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _table(book: Workbook, title: str, heads: Sequence[str], lines: Iterable[Line], wide: Sequence[int]) -> None:
    sheet = book.create_sheet(title[:31])
    widths(sheet, *wide)
    put(sheet, 1, heads, bold=True)
    sheet.freeze_panes = "A2"
    for number, line in enumerate(lines, 2):
        put(sheet, number, line)


def _organisations(form: Form) -> Iterable[Line]:
    for line in form.lines:
        if line.scored:
            yield from ((line.number, bin_) for bin_ in line.scored.organisations[:MOST_NAMED])
            if more := form.more(line.scored, MOST_NAMED):
                yield line.number, form.word("others", count=more)


def _number(points: str) -> str | int:
    return int(points) if points.isdecimal() else points
