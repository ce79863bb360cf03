"""Findings beside the contradictions that the data declare."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reglament.law.lint.finding import Finding, Text
from reglament.law.lint.rules import RULES
from shared.procedure.editions import load_act
from shared.procedure.format import Contradiction


@dataclass(frozen=True)
class Report:
    """What was found in one procedure. `by_reading`: declared, and found by no rule."""

    text: Text
    findings: tuple[Finding, ...]

    @property
    def undeclared(self) -> list[Finding]:
        return [f for f in self.findings if self.text.declared(f) is None]

    @property
    def by_reading(self) -> list[Contradiction]:
        keys = {f.key for f in self.findings}
        return [c for c in self.text.procedure.contradictions if not keys & set(c.shows)]

    def shown(self) -> dict[str, Any]:
        return {
            "procedure": self.text.code,
            "findings": [self._shown(f) for f in self.findings],
            "by_reading": [c.model_dump(mode="json", exclude_unset=True) for c in self.by_reading],
        }

    def _shown(self, finding: Finding) -> dict[str, Any]:
        declared = self.text.declared(finding)
        return {
            "key": finding.key,
            "rule": finding.rule,
            "subject": finding.subject,
            "says": finding.says,
            "paragraphs": list(finding.paragraphs),
            "declared": declared and declared.model_dump(mode="json", exclude_unset=True),
        }


def report(text: Text) -> Report:
    return Report(text, tuple(f for rule in RULES for f in rule(text)))


def texts(folder: Path) -> list[Text]:
    """The procedures of the act in this folder. Raises InvalidRegulation."""
    editions = [p.edition for p in load_act(folder)]
    return [
        Text(e.act, e.procedure, tuple(o.procedure for o in editions if o is not e))
        for e in editions
    ]  # fmt: skip
