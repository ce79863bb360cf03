"""The sheet as PDF: PDF/A-2a and PDF/UA-1, so that it can be kept and read aloud; the same sheet is the same bytes."""

import json
from datetime import UTC, datetime, time
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


def pdf(form: Form) -> bytes:
    """The form and the reasons as a PDF of a few pages; takes some 30 ms of CPU."""
    drawn = datetime.combine(form.drawn, time(), UTC)
    given = {"form": json.dumps(_given(form), ensure_ascii=False)}
    compiler = Compiler(_TEMPLATE, font_paths=fonts(), ignore_system_fonts=True, sys_inputs=given)
    made = compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=drawn)
    assert isinstance(made, bytes)
    return made


def _given(form: Form) -> dict[str, Any]:
    more = len(form.missing) - MOST_MISSING
    return {
        "language": form.language,
        "words": {code: form.word(code) for code in _SAID},
        "body": form.body,
        "period": form.period,
        "part": form.part,
        "drawn": {"year": form.drawn.year, "month": form.drawn.month, "day": form.drawn.day},
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
