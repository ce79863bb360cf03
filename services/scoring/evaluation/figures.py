"""The figures of a sheet as they are kept and signed: one digest over them and over the facts that they follow from."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.contracts.canonical import canonical, digest_of
from shared.procedure.basics import Names


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Scored(Frozen):
    """A scored row. `organisations`: how many decided it; `assumed`: how many stand by an assumed fact."""

    number: str
    criterion: Names
    outcome: str
    points: int
    max: int
    paragraph: str
    because: Names
    organisations: int
    assumed: int


class Decided(Scored):
    """A scored row with the first of the organisations that decided it, by BIN."""

    named: tuple[str, ...]


class Figures(Frozen):
    """A computed sheet. `facts`: digest over the digests of the organisations' facts, in the order of their BINs."""

    rows: tuple[Decided, ...]
    total: int
    max: int
    organisations: int
    facts: str


class Said(Frozen):
    """What is signed: whose figures, for when, under which edition; for a correction what it corrects and why. `name`: of the
    body as the figures were computed, `body` its BIN."""

    evaluation: UUID
    body: str
    name: Names
    period: int
    part: str
    edition: str
    number: int
    figures: Figures
    corrects: str | None = None
    reason: str | None = None

    @property
    def text(self) -> str:
        """Canonical JSON, byte for byte what the digest is taken of."""
        return canonical(self.model_dump(mode="json"))

    @property
    def digest(self) -> str:
        return digest_of(self.text)


@dataclass(frozen=True)
class Approval:
    """A version that was approved, and stays so: `text` is what was signed, byte for byte."""

    number: int
    text: str
    digest: str
    by: UUID
    at: datetime

    @cached_property
    def said(self) -> Said:
        """What the text says, as far as it is understood today."""
        return Said.model_validate_json(self.text)
