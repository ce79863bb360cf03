"""The sheet as PDF: PDF/A-2a and PDF/UA-1, so that it can be kept and read aloud; the same sheet is the same bytes."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from typst import Compiler

from services.scoring.papers.fonts import fonts
from services.scoring.papers.form import Form, FormLine
from services.scoring.sheet.result import SheetRow

_TEMPLATE = Path(__file__).with_name("sheet.typ")
_SAID = ("form", "sheet", "body", "period", "number", "criterion", "points", "total", "max", "reasons", "paragraph",
         "because", "organisations", "missing", "row", "organisation", "what", "whom")  # fmt: skip
MOST_NAMED, MOST_MISSING = 12, 200
"""How many organisations of a row, and how many missing facts, are printed; the workbook has more."""


def pdf(*forms: Form) -> bytes:
    """The form and the reasons as a PDF of a few pages; takes some 30 ms of CPU. Several forms are the parts of one sheet: of the
    same body, period and language."""
    drawn = datetime.combine(max(form.drawn for form in forms), time(), UTC)
    given = {"sheet": json.dumps(_given(forms, drawn), ensure_ascii=False)}
    compiler = Compiler(_TEMPLATE, font_paths=fonts(), ignore_system_fonts=True, sys_inputs=given)
    made = compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=drawn)
    assert isinstance(made, bytes)
    return made


def _given(forms: Sequence[Form], drawn: date) -> dict[str, Any]:
    first = forms[0]
    return {
        "language": first.language,
        "words": {code: first.word(code) for code in _SAID},
        "body": first.body,
        "period": first.period,
        "drawn": {"year": drawn.year, "month": drawn.month, "day": drawn.day},
        "parts": [_part(form) for form in forms],
    }


def _part(form: Form) -> dict[str, Any]:
    more = len(form.missing) - MOST_MISSING
    return {
        "title": form.part,
        "lines": [{"number": line.number, "title": line.title, "points": line.points} for line in form.lines],
        "total": form.total,
        "reasons": [_reason(form, line, line.scored) for line in form.lines if line.scored],
        "missing": [
            {"row": m.row, "organisation": m.organisation, "what": m.what, "whom": m.whom} for m in form.missing
        ][:MOST_MISSING],
        "more": form.word("others", count=more) if more > 0 else "",
        "notes": form.notes,
    }


def _reason(form: Form, line: FormLine, row: SheetRow) -> dict[str, str]:
    return {
        "number": line.number,
        "points": f"{line.points} / {row.max}",
        "paragraph": form.paragraph(row),
        "because": form.because(row),
        "organisations": form.organisations(row, MOST_NAMED),
    }
