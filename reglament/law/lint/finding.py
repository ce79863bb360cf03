"""What a rule found in the text of an act, as its data tell it."""

from dataclasses import dataclass, field
from typing import Any

from shared.procedure.act import Act, Edition
from shared.procedure.format import Action, Contradiction, Procedure


@dataclass(frozen=True, slots=True)
class Finding:
    """Where the text contradicts itself. `says`: the finding in words; `paragraphs`: where it is to be read; `numbers`:
    those that were compared, so that others are another finding."""

    procedure: str
    rule: str
    subject: str
    says: str
    paragraphs: tuple[str, ...] = ()
    numbers: str = ""

    @property
    def key(self) -> str:
        """What a contradiction names in `shows`."""
        return f"{self.rule}:{self.subject}{f'={self.numbers}' if self.numbers else ''}"

    def shown(self, declared: Contradiction | None) -> dict[str, Any]:
        return {
            "key": self.key,
            "rule": self.rule,
            "subject": self.subject,
            "says": self.says,
            "paragraphs": list(self.paragraphs),
            "declared": declared and declared.model_dump(mode="json", exclude_unset=True),
        }


@dataclass(frozen=True)
class Text:
    """One procedure of an act among its sisters, as the rules read it."""

    act: Act
    procedure: Procedure
    sisters: tuple[Procedure, ...] = field(default=())

    @property
    def code(self) -> str:
        return f"{self.act.code}/{self.procedure.code}"

    @property
    def edition(self) -> Edition:
        return Edition(act=self.act, procedure=self.procedure)

    def action_of(self, step: str) -> Action:
        return self.procedure.steps[step][0]

    def found(self, rule: str, subject: str, says: str, *paragraphs: str | None, numbers: str = "") -> Finding:
        return Finding(self.code, rule, subject, says, tuple(p for p in paragraphs if p), numbers)
