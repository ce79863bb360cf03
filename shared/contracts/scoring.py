"""Public facts of scoring: how a state body managed state property in a period, by criterion, as it was approved."""

from uuid import UUID

from shared.contracts.common import Contract, Digest, Instant, PublicFact


class Named(Contract):
    """A name or a reason in the three languages; kk is official."""

    kk: str
    ru: str
    en: str


class CriterionScored(Contract):
    """A row of the sheet (order 47 of 2022-06-20, annex 2). `paragraph`: of the scale, annex 1. `organisations`: how many
    decided the outcome; `assumed`: how many stand by a fact that was assumed, with a reason, for want of another."""

    number: str
    criterion: Named
    outcome: str
    points: int
    max: int
    paragraph: str
    because: Named
    organisations: int
    assumed: int


class Ground(Contract):
    """A ground for an objection, by its code."""

    code: str
    title: Named


class OfSheet(PublicFact):
    """What every fact about a sheet names: whose it is, for when, in which version under which scale."""

    number: int
    body: UUID
    bin: str
    body_name: Named
    period: int
    part: str
    edition: Digest


class SheetSent(OfSheet):
    """The evaluating authority sent a body its sheet. The figures aren't told: nobody has approved them.

    The body may object until `due`, on one of the `grounds`; no text states either, both are assumed. `digest` is of the
    sheet as it is to be signed, `number` of the version that it would be.
    """

    digest: Digest
    due: Instant
    grounds: tuple[Ground, ...]


class EvaluationApproved(OfSheet):
    """The evaluating authority approved a sheet: of a body, for a period (a calendar year), in one part.

    `digest` is what was signed: over the sheet, and over `facts`, itself a digest of what was reported of the organisations.
    It stands for ever; a later version has the next `number`, names the digest that it `corrects`, and says the reason.
    `edition` names the scale.
    """

    organisations: int
    rows: tuple[CriterionScored, ...]
    total: int
    max: int
    facts: Digest
    digest: Digest
    corrects: Digest | None
    reason: str | None
