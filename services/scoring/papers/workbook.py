"""The sheet as an XLSX workbook: the order's form, and on sheets of their own the reasons, organisations and missing facts."""

from collections.abc import Iterable, Iterator, Sequence

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from services.scoring.papers.form import Form
from services.scoring.papers.saving import empty, put, saved, widths

MOST_NAMED = 5_000
"""How many organisations of a row are listed; where more decided it, the last line says how many."""
Line = Sequence[str | int]


def workbook(*forms: Form) -> bytes:
    """The form as XLSX; the same sheet is the same bytes. Several forms are the parts of one sheet: of the same body, period and
    language."""
    book, first = empty(), forms[0]
    book.properties.title, book.properties.language = first.word("sheet"), first.language
    book.properties.creator = "Reglament"
    _form(book, forms)
    for place, form in enumerate(forms, 1):
        _explain(book, form, f"{place}. " if len(forms) > 1 else "")
    return saved(book)


def _form(book: Workbook, forms: Sequence[Form]) -> None:
    first = forms[0]
    sheet = book.create_sheet(first.word("sheet"))
    widths(sheet, 8, 100, 14)
    above = [
        first.word("form"),
        first.word("sheet"),
        first.body,
        first.word("body"),
        first.period,
        first.word("period"),
    ]
    for number, text in enumerate(above, 1):
        put(sheet, number, ["", text], bold=number in (2, 3, 5))
    for form in forms:
        _part(sheet, form)
    for form in forms:
        notes = [f"{name}: {value}" for name, value in form.notes]
        for note in notes if len(forms) == 1 else [form.part, *notes]:
            put(sheet, sheet.max_row + 1, ["", note])
    if len(forms) == 1:
        sheet.print_title_rows = f"{len(above) + 2}:{len(above) + 2}"
    sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = sheet.PAPERSIZE_A4, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _part(sheet: Worksheet, form: Form) -> None:
    """A part of the form with its own total, below whatever stands there."""
    put(sheet, sheet.max_row + 1, ["", form.part], bold=True)
    put(sheet, sheet.max_row + 1, [form.word(w) for w in ("number", "criterion", "points")], bold=True)
    for line in form.lines:
        put(sheet, sheet.max_row + 1, [line.number, line.title, _number(line.points)])
    put(sheet, sheet.max_row + 1, ["", form.word("total"), _number(form.total)], bold=True)


def _explain(book: Workbook, form: Form, before: str) -> None:
    """Sheets for what a part's points rest on; `before`: what their names begin with."""
    heads = [form.word(w) for w in ("number", "points", "max", "paragraph", "because")]
    _table(book, before + form.word("reasons"), heads, _reasons(form), (8, 14, 10, 22, 100))
    heads = [form.word(w) for w in ("row", "organisation")]
    _table(book, before + form.word("organisations"), heads, _organisations(form), (8, 30))
    if form.missing:
        heads = [form.word(w) for w in ("row", "organisation", "what", "whom")]
        lacks = ((m.row, m.organisation, m.what, m.whom) for m in form.missing)
        _table(book, before + form.word("missing"), heads, lacks, (8, 18, 50, 50))


def _table(book: Workbook, title: str, heads: Sequence[str], lines: Iterable[Line], wide: Sequence[int]) -> None:
    sheet = book.create_sheet(title.partition(" (")[0])  # a name has 31 characters at most
    widths(sheet, *wide)
    put(sheet, 1, heads, bold=True)
    sheet.freeze_panes = "A2"
    for number, line in enumerate(lines, 2):
        put(sheet, number, line)


def _reasons(form: Form) -> Iterator[Line]:
    for line in form.lines:
        if row := line.scored:
            yield line.number, _number(line.points), row.max, form.paragraph(row), form.because(row)


def _organisations(form: Form) -> Iterator[Line]:
    for line in form.lines:
        if line.scored:
            yield from ((line.number, bin_) for bin_ in line.scored.organisations[:MOST_NAMED])
            if more := form.more(line.scored, MOST_NAMED):
                yield line.number, form.word("others", count=more)


def _number(points: str) -> str | int:
    return int(points) if points.isdecimal() else points
