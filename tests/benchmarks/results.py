"""The figures as a page of Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from tests.benchmarks.frame import Line, Report

HEAD = """# Measured

Each piece of work against the least that the same machine does for it, in the same run, in rounds that take turns. A
figure is the median of its rounds, with the lowest and the highest; a ratio is the median of the rounds' ratios. Floor and
subject have the same durability (every commit is on the disk), payload, number of clients and kind of connection. All
checks are on. `make bench` measures everything and makes this page, `make bench ONLY=append,steps` puts these sections
into it anew, `make bench QUICK=1` only prints. What limits the figures is said in [README.md](README.md).
"""
MACHINE = "Machine"


def page(machine: Mapping[str, str], reports: Sequence[Report | str], before: str = "") -> str:
    """The page with these sections, the others as they were `before`. A report that is a text is one that failed."""
    sections = dict(_sections(before)) | {MACHINE: _table(machine)} | dict(map(_section, reports))
    return HEAD + "".join(f"\n## {title}\n\n{text.strip()}\n" for title, text in sections.items())


def _sections(text: str) -> Iterator[tuple[str, str]]:
    for section in text.split("\n## ")[1:]:
        title, _, rest = section.partition("\n")
        yield title, rest


def _table(machine: Mapping[str, str]) -> str:
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in machine.items())])


def _section(report: Report | str) -> tuple[str, str]:
    if isinstance(report, str):
        return report, "See the run's errors."
    heads = ["| measure | floor | subject | ratio | at least | aim | |", "|---|---|---|---|---|---|---|"]
    words = [*heads, *map(_row, report.lines), "", f"- Floor: {report.floor}" if report.floor else ""]
    words += [f"- Subject: {report.subject}", *(f"- {note}" for note in (*report.notes, report.when))]
    return report.title, "\n".join(words)


def _row(line: Line) -> str:
    floor = _spread(line.floor, line.unit) if line.floor else "–"
    ratio = f"**{line.value:.2f}** ({min(line.ratios):.2f}–{max(line.ratios):.2f})" if line.floor else "–"
    cells = [line.name, floor, _spread(line.subject, line.unit), ratio, *_goals(line)]
    return f"| {' | '.join(cells)} |"


def _goals(line: Line) -> list[str]:
    sign = "≤ " if line.goal.fewer else ""
    shown = [f"{sign}{goal:g}" if goal is not None else "–" for goal in (line.goal.at_least, line.goal.aim)]
    reached = [line.goal.reached(line.value, goal) for goal in (line.goal.at_least, line.goal.aim)]
    verdict = "aim reached" if reached[1] else "at least" if reached[0] else "below" if reached[0] is False else ""
    return [*shown, verdict]


def _spread(values: list[float], unit: str) -> str:
    if len(values) < 2:
        return f"{_plain(values[0])} {unit}".strip()
    return f"{_plain(median(values))} {unit} ({_plain(min(values))}–{_plain(max(values))})"


def _plain(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
