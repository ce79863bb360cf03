"""What `reglament lint` prints for people."""

from collections.abc import Iterator

from reglament.law.lint.coverage import astray, covered
from reglament.law.lint.finding import Text
from reglament.law.lint.report import Report
from shared.procedure.format import Contradiction


def lines(report: Report) -> Iterator[str]:
    yield report.code
    for finding in report.findings:
        declared = report.declared(finding)
        where = ", ".join(finding.paragraphs)
        yield f"  {'declared' if declared else 'UNDECLARED'}  {finding.key}  {finding.says} ({where})"
        if declared:
            yield f"      {_in_use(declared)}"
    for contradiction in report.by_reading:
        yield f"  by reading  {contradiction.code}  {contradiction.about.en}"
        yield f"      {_in_use(contradiction)}"
    for what in report.not_compared:
        yield f"  not compared  {what}"


def _in_use(contradiction: Contradiction) -> str:
    readings = " | ".join(f"{r.value} ({r.paragraph or 'assumed'}): {r.says.en}" for r in contradiction.readings)
    return f"{readings}; in use {contradiction.in_use}: {contradiction.why.en}"


def coverage_lines(text: Text, report: Report) -> Iterator[str]:
    """Each sub-item with its facts; then what is missing, both ways, and what isn't declared."""
    yield text.code
    for item in covered(text):
        yield f"  {item.about}  {item.paragraph}  {', '.join(item.facts) or 'MISSING'}"
    missing = [item.paragraph for item in covered(text) if not item.facts]
    yield f"  sub-items without a fact: {', '.join(missing) or 'none'}"
    yield f"  facts at no paragraph of the act: {', '.join(f'{f} ({p})' for f, p in astray(text)) or 'none'}"
    yield f"  undeclared contradictions: {', '.join(f.key for f in report.undeclared) or 'none'}"
