"""Commands on an evaluation: load, decide, save."""

from datetime import date
from functools import cache
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from services.scoring.body.handlers import body_of
from services.scoring.edition.adopted import adopt, edition_of
from services.scoring.evaluation.collecting import Stage
from services.scoring.evaluation.counting import at_once, counted, digest_of_facts, must_be_whole
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.loading import evaluation_of
from services.scoring.evaluation.objections import Answer, Objection, objecting
from services.scoring.evaluation.refusals import GroundNotListed, NoEditionThen, PeriodNotOver, StillOpen, UnknownPart
from services.scoring.organisation.loading import organisation_of
from services.scoring.routes import must_have_row, must_see
from services.scoring.sheet.edition import Edition, NoEdition, edition_for, editions
from shared.identity.roles import Role
from shared.kernel.work import UnitOfWork
from shared.web.given import Acting, Command, Digest, Text

NAMED = 1000
"""How many organisations of a row are named in what is signed: of nearly any body all. A million would be megabytes in each
version, signed and replayed; how many they are is always told."""


class OpenEvaluation(Command):
    body: UUID
    period: int = Field(ge=1992, le=9998, description="The reporting period, a calendar year", examples=[2022])
    part: str = Field(max_length=64, examples=["state-enterprises"])


class GiveReason(Command):
    reason: Annotated[Text, StringConstraints(max_length=1000)] = Field(
        description="Why; names no person: with an approval everybody may read it, for ever"
    )


class Object(Command):
    ground: str = Field(max_length=64, examples=["fact-wrong"])
    words: Text = Field(description="What is wrong; names no person")
    row: str | None = Field(None, max_length=8, examples=["3.1"])
    organisation: str | None = Field(None, pattern="^[0-9]{12}$", description="BIN")


class AnswerObjection(Command):
    upheld: bool
    words: Text = Field(description="Why; names no person")


class Approve(Command):
    digest: Digest


async def open_evaluation(work: UnitOfWork, command: OpenEvaluation) -> str:
    """One for each body, period and part: opened before, it is the same."""
    body = await body_of(work, command.body)
    edition = _edition(command.period, command.part)
    _must_be_over(command.period, work.now.astimezone(ZoneInfo(edition.evaluation.act.zone)).date())
    evaluation = Evaluation.id_of(command.body, command.period, command.part)
    found = await work.find(Evaluation, Evaluation.create_id(evaluation))
    if found is None:
        await adopt(work, edition)
        kind = edition.part(command.part).kind
        opened = Evaluation(
            evaluation, command.body, body.bin, command.period, command.part, kind, edition.digest, work.now
        )
        work.save(opened)
    return str(evaluation)


async def abandon_import(work: UnitOfWork, acting: Acting, evaluation: UUID, command: GiveReason) -> str:
    found = await _known(work, acting, evaluation)
    found.abandon_import(command.reason, work.now)
    return _saved(work, found)


async def close(work: UnitOfWork, acting: Acting, evaluation: UUID) -> str:
    found = await _known(work, acting, evaluation)
    found.close(work.now)
    return _saved(work, found)


async def compute(work: UnitOfWork, acting: Acting, evaluation: UUID) -> str:
    """The figures follow from the facts; refused while any is missing."""
    found = await _known(work, acting, evaluation)
    if found.stage is Stage.OPEN:
        raise StillOpen
    edition, body = await edition_of(work, found.edition), await body_of(work, found.body)
    async with at_once(work.log.pool) as there:
        await must_be_whole(there, evaluation)
        sheet = await counted(there, edition, found, NAMED)
        figures = sheet.figures(await digest_of_facts(there, evaluation))
    found.compute(body.name, figures, work.now)
    return _saved(work, found)


async def send(work: UnitOfWork, acting: Acting, evaluation: UUID) -> str:
    """The body has its sheet: SheetSent, for everybody."""
    found = await _known(work, acting, evaluation)
    await work.facts(str(evaluation))
    act = (await edition_of(work, found.edition)).evaluation.act
    found.send(objecting().due(work.now, act).at, act.zone, work.now)
    return _saved(work, found)


async def agree(work: UnitOfWork, acting: Acting, evaluation: UUID) -> str:
    found = await _own(work, acting, evaluation)
    found.agree(acting.account, work.now)
    return _saved(work, found)


async def object_to(work: UnitOfWork, acting: Acting, evaluation: UUID, command: Object) -> str:
    found = await _own(work, acting, evaluation)
    title = objecting().grounds.get(command.ground)
    if title is None:
        raise GroundNotListed(grounds=sorted(objecting().grounds))
    must_have_row(await edition_of(work, found.edition), found.part, command.row)
    if command.organisation:
        await organisation_of(work, evaluation, command.organisation)
    objection = Objection(
        number=len(found.objections) + 1,
        by=acting.account,
        against=found.said.digest,
        ground=command.ground,
        title=title,
        row=command.row,
        organisation=command.organisation,
        words=command.words,
        at=work.now,
    )
    found.object(objection)
    return _saved(work, found)


async def answer(work: UnitOfWork, acting: Acting, evaluation: UUID, number: int, command: AnswerObjection) -> str:
    found = await _known(work, acting, evaluation)
    said = Answer(upheld=command.upheld, words=command.words, by=acting.account, at=work.now)
    found.answer(number, said)
    return _saved(work, found)


async def approve(work: UnitOfWork, acting: Acting, evaluation: UUID, command: Approve) -> str:
    """The authority signs the one digest of facts and sheet: EvaluationApproved, for everybody."""
    found = await _known(work, acting, evaluation)
    await work.facts(str(evaluation))
    found.approve(acting.account, command.digest, work.now)
    return _saved(work, found)


async def take_up_again(work: UnitOfWork, acting: Acting, evaluation: UUID, command: GiveReason) -> str:
    found = await _known(work, acting, evaluation)
    found.take_up_again(acting.account, command.reason, work.now)
    return _saved(work, found)


@cache
def _at_hand() -> list[Edition]:
    """The editions that came with this program, read once."""
    return editions()


def _edition(period: int, part: str) -> Edition:
    """Raises NoEditionThen, UnknownPart."""
    try:
        edition = edition_for(period, _at_hand())
    except NoEdition:
        raise NoEditionThen(period=period) from None
    known = [p.code for p in edition.evaluation.parts]
    if part not in known:
        raise UnknownPart(parts=known)
    return edition


def must_be_part(part: str) -> None:
    """Of any edition. Raises UnknownPart."""
    known = sorted({each.code for edition in _at_hand() for each in edition.evaluation.parts})
    if part not in known:
        raise UnknownPart(parts=known)


def _must_be_over(period: int, today: date) -> None:
    """Until its last day has passed nobody knows which edition is in force on it, nor all of its facts. Raises PeriodNotOver."""
    if period >= today.year:
        raise PeriodNotOver(period=period)


async def _known(work: UnitOfWork, acting: Acting, evaluation: UUID) -> Evaluation:
    found = await evaluation_of(work, evaluation)
    acting.must_know(found)
    return found


async def _own(work: UnitOfWork, acting: Acting, evaluation: UUID) -> Evaluation:
    """The evaluation, for the body itself. Raises UnknownEvaluation, NotYourBody."""
    found = await evaluation_of(work, evaluation)
    must_see(acting.caller, found.body)
    acting.must_know(found)
    acting.caller.must_in(Role.EVALUATED_BODY, body=found.body)
    return found


def _saved(work: UnitOfWork, evaluation: Evaluation) -> str:
    work.save(evaluation)
    return str(evaluation.evaluation)
