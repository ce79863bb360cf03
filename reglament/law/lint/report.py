"""Findings beside the contradictions that the data declare."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from reglament.law.lint.finding import Finding, Text
from reglament.law.lint.rules import RULES
from reglament.law.lint.sums import not_compared
from shared.procedure.act import Edition
from shared.procedure.editions import InvalidRegulation, Wrong, load_act, procedure_files, wrong_in
from shared.procedure.format import Contradiction
from shared.procedure.together import of_demonstration, of_sections


@dataclass(frozen=True)
class Report:
    """What was found in one procedure or evaluation (`kind`), and the contradictions that its data declare. `by_reading`:
    declared, and found by no rule; `not_compared`: what no rule could compare, and why."""

    kind: Literal["procedure", "evaluation"]
    code: str
    contradictions: tuple[Contradiction, ...]
    findings: tuple[Finding, ...]
    not_compared: tuple[str, ...] = ()

    def declared(self, finding: Finding) -> Contradiction | None:
        """The contradiction in the data that explains the finding."""
        return next((c for c in self.contradictions if finding.key in c.shows), None)

    @property
    def undeclared(self) -> list[Finding]:
        return [f for f in self.findings if self.declared(f) is None]

    @property
    def by_reading(self) -> list[Contradiction]:
        keys = {f.key for f in self.findings}
        return [c for c in self.contradictions if not keys & set(c.shows)]

    def shown(self) -> dict[str, Any]:
        return {
            self.kind: self.code,
            "findings": [f.shown(self.declared(f)) for f in self.findings],
            "by_reading": [c.model_dump(mode="json", exclude_unset=True) for c in self.by_reading],
            "not_compared": list(self.not_compared),
        }


def report(text: Text) -> Report:
    found = tuple(f for rule in RULES for f in rule(text))
    return Report("procedure", text.code, text.procedure.contradictions, found, tuple(not_compared(text)))


def texts(folder: Path) -> list[Text]:
    """The procedures of the act in this folder. Raises InvalidRegulation."""
    editions = [p.edition for p in load_act(folder)]
    if wrong := list(_apart(folder, editions)):
        raise InvalidRegulation(wrong)
    return [
        Text(e.act, e.procedure, tuple(o.procedure for o in editions if o is not e))
        for e in editions
    ]  # fmt: skip


def _apart(folder: Path, editions: list[Edition]) -> Iterator[Wrong]:
    """Where act and procedures don't agree in what nothing runs by."""
    procedures = [e.procedure for e in editions]
    for edition in editions[:1]:
        yield from (wrong_in(folder / "act.yaml", fault) for fault in of_sections(edition.act, procedures))
    for path, edition in zip(procedure_files(folder), editions, strict=True):
        yield from (wrong_in(path, fault) for fault in of_demonstration(edition))
