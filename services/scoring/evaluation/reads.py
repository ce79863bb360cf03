"""An evaluation as those see it who take part in it."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from services.scoring.evaluation.collecting import Stage
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.figures import Approval
from services.scoring.evaluation.objections import Answer, Objection
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


class ObjectionShown(BaseModel):
    """What the body objected to, of this version or an earlier one; objections stay when facts are taken again."""

    number: int
    by: UUID
    against: str = Field(description="Digest of the sheet that it was made against")
    ground: str
    title: str = Field(description="The ground in the caller's language")
    row: str | None
    organisation: str | None
    words: str
    at: AwareDatetime
    answer: Answer | None


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
    return ObjectionShown(**{**dict(objection), "title": getattr(objection.title, language)})


def _approval(approval: Approval) -> ApprovalShown:
    return ApprovalShown(
        number=approval.number,
        digest=approval.digest,
        text=approval.text,
        by=approval.by,
        at=approval.at,
        corrects=approval.said.corrects,
        reason=approval.said.reason,
    )
