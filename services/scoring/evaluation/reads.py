"""An evaluation as those see it who take part in it."""

from typing import Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.scoring.evaluation.collecting import Approval, Stage
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.objections import Objection, objecting
from shared.procedure.basics import Names
from shared.texts.languages import Language


class ApprovalShown(BaseModel):
    """A version as it was signed: `text` is what `digest` is taken of, byte for byte."""

    number: int
    digest: str
    text: str
    by: UUID
    at: AwareDatetime
    corrects: str | None
    reason: str | None


class ObjectionShown(Objection):
    title: str = Field(description="The ground in the caller's language")


class ToSign(BaseModel):
    """The figures under way, as they are to be signed."""

    number: int
    digest: str
    text: str


class EvaluationShown(BaseModel):
    """One evaluation. `version` is what If-Match takes; `importing`: SHA-256 of a file that hasn't been taken whole."""

    id: UUID
    body: UUID
    bin: str
    name: Names
    period: int
    part: str
    edition: str
    stage: Stage
    since: AwareDatetime
    importing: str | None
    due: AwareDatetime | None = Field(description="Until when the body may object: a term that no text states, assumed")
    agreed: bool
    objections: list[ObjectionShown]
    to_sign: ToSign | None
    approvals: list[ApprovalShown]
    version: int


def evaluation_shown(evaluation: Evaluation, name: Names, language: Language) -> EvaluationShown:
    under_way = evaluation.figures is not None and evaluation.stage is not Stage.APPROVED
    said = evaluation.said if under_way else None
    return EvaluationShown(
        id=evaluation.evaluation,
        body=evaluation.body,
        bin=evaluation.bin,
        name=name,
        period=evaluation.period,
        part=evaluation.part,
        edition=evaluation.edition,
        stage=evaluation.stage,
        since=evaluation.since,
        importing=evaluation.importing,
        due=evaluation.due,
        agreed=evaluation.agreed,
        objections=[_objection(o, language) for o in evaluation.objections],
        to_sign=ToSign(number=said.number, digest=said.digest, text=said.text) if said else None,
        approvals=[_approval(a) for a in evaluation.approvals],
        version=evaluation.version,
    )


def _objection(objection: Objection, language: Language) -> ObjectionShown:
    title = getattr(objecting().grounds[objection.ground], language)
    return ObjectionShown(**objection.model_dump(), title=title)


def _approval(approval: Approval) -> ApprovalShown:
    said, told = approval.said, dict[str, Any](by=approval.by, at=approval.at)
    return ApprovalShown(
        number=said.number, digest=said.digest, text=said.text, corrects=said.corrects, reason=said.reason, **told
    )
