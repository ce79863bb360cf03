"""Facts come one organisation at a time by form, or many at a time from a file: load, decide, save."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, WrapValidator

from services.scoring.evaluation.collecting import FileTaken
from services.scoring.evaluation.domain import Evaluation
from services.scoring.evaluation.handlers import GiveReason
from services.scoring.evaluation.loading import evaluation_of
from services.scoring.organisation.domain import ManagedOrganisation
from services.scoring.organisation.loading import organisation_of
from services.scoring.organisation.refusals import AssumedByOthers, MisplacedFact, OtherKindOfOrganisation
from services.scoring.organisation.reported import Side, StoredFact
from services.scoring.routes import grant_to_report
from services.scoring.sheet import facts as sheet
from services.scoring.sheet.compute import merged
from services.scoring.sheet.facts import Fact, Kind, Said
from services.scoring.sheet.placed import misplaced
from shared.identity.number import Bin
from shared.identity.roles import Role
from shared.kernel.work import UnitOfWork, Who
from shared.web.etag import must_be_current
from shared.web.given import Acting, Command


def _by_the_caller(value: Any, handler: Any) -> Any:
    """Who sends a fact is its reporter, whatever the body says."""
    return handler({**value, "reporter": "-"} if isinstance(value, dict) else value)


GivenFact = Annotated[StoredFact, WrapValidator(_by_the_caller)]


class ReportFacts(Command):
    name: Said
    kind: Kind
    region: Said
    facts: tuple[GivenFact, ...] = Field((), max_length=1000)


class SettleFact(GiveReason):
    fact: GivenFact


async def report(work: UnitOfWork, acting: Acting, evaluation: UUID, bin: str, command: ReportFacts) -> str:
    """What the form says of one organisation."""
    found = await _open(work, acting, evaluation, bin)
    said = sheet.Organisation(
        bin=Bin(bin), name=command.name, kind=command.kind, region=command.region, facts=command.facts
    )
    known = await work.find(ManagedOrganisation, ManagedOrganisation.create_id(evaluation, bin))
    must_be_current(acting.expected, known.version if known else 0)
    organisation = await _told(work, acting, found, said)
    return _saved(work, acting, found, organisation)


async def settle(work: UnitOfWork, acting: Acting, evaluation: UUID, bin: str, command: SettleFact) -> str:
    """One fact in place of all that was reported of the same, contradictions ended."""
    found, organisation = await _reported(work, acting, evaluation, bin)
    _must_be_reportable(side(work.who), found, bin, command.fact)
    organisation.settle(_of(acting, command.fact), command.reason, work.now)
    return _saved(work, acting, found, organisation)


async def leave_out(work: UnitOfWork, acting: Acting, evaluation: UUID, bin: str, command: GiveReason) -> str:
    found, organisation = await _reported(work, acting, evaluation, bin)
    organisation.leave_out(command.reason, work.now)
    return _saved(work, acting, found, organisation)


async def count_again(work: UnitOfWork, acting: Acting, evaluation: UUID, bin: str, command: GiveReason) -> str:
    found, organisation = await _reported(work, acting, evaluation, bin)
    organisation.count_again(command.reason, work.now)
    return _saved(work, acting, found, organisation)


async def take(
    work: UnitOfWork, acting: Acting, evaluation: UUID, file: str, rows: int, part: Sequence[sheet.Organisation]
) -> str:
    """A part of a file of so many rows; returns the BINs of whom it says something new. A file that was taken whole has
    nothing more to say."""
    streams = [ManagedOrganisation.create_id(evaluation, o.bin) for o in part]
    await work.expect([], [Evaluation.create_id(evaluation), *streams])
    found = await _open(work, acting, evaluation, *[o.bin for o in part])
    if (side(work.who), file) in found.files:
        return ""
    found.must_import_only(file)
    told = [await _told(work, acting, found, said) for said in merged(part)]
    new = [organisation for organisation in told if organisation.pending_events]
    if new:
        found.begin_import(file, rows, work.now)
    for organisation in new:
        _saved(work, acting, found, organisation)
    work.stand_on(found)
    work.who = reporting_as(acting, found)
    work.save(found)
    return " ".join(organisation.bin for organisation in new)


async def complete(work: UnitOfWork, acting: Acting, evaluation: UUID, taken: FileTaken) -> str:
    """The file was taken whole; returns what it brought, when it first was."""
    found = await _open(work, acting, evaluation)
    first = found.complete_import(taken, side(work.who), work.now)
    work.save(found)
    return first.model_dump_json()


async def _open(work: UnitOfWork, acting: Acting, evaluation: UUID, *bins: str) -> Evaluation:
    """The evaluation, for one who may report these organisations, while it takes facts."""
    found = await evaluation_of(work, evaluation)
    for bin in bins:
        grant_to_report(acting.caller, found.body, bin)
    found.must_take_reports()
    work.who = reporting_as(acting, found)
    return found


async def _reported(
    work: UnitOfWork, acting: Acting, evaluation: UUID, bin: str
) -> tuple[Evaluation, ManagedOrganisation]:
    """An organisation that was reported already, in an evaluation that takes facts. Raises UnknownOrganisation, Stale."""
    found = await _open(work, acting, evaluation, bin)
    organisation = await organisation_of(work, evaluation, bin)
    acting.must_know(organisation)
    return found, organisation


async def _told(
    work: UnitOfWork, acting: Acting, evaluation: Evaluation, said: sheet.Organisation
) -> ManagedOrganisation:
    by = side(reporting_as(acting, evaluation, said.bin))
    for fact in said.facts:
        _must_be_reportable(by, evaluation, said.bin, fact)
    stream = ManagedOrganisation.create_id(evaluation.evaluation, said.bin)
    organisation = await work.find(ManagedOrganisation, stream) or _enrolled(evaluation, said, work.now)
    organisation.describe(said.name, said.kind, said.region, work.now)
    organisation.report([_of(acting, fact) for fact in said.facts], by, work.now)
    return organisation


def _must_be_of_kind(said: sheet.Organisation, evaluation: Evaluation) -> None:
    """Raises OtherKindOfOrganisation."""
    if said.kind != evaluation.kind:
        raise OtherKindOfOrganisation(organisation=said.bin, kind=evaluation.kind)


def _enrolled(evaluation: Evaluation, said: sheet.Organisation, at: datetime) -> ManagedOrganisation:
    _must_be_of_kind(said, evaluation)
    e = evaluation
    return ManagedOrganisation(
        e.evaluation, e.part, e.period, e.edition, said.bin, said.name, said.kind, said.region, at
    )


def must_be_of_period(evaluation: Evaluation, bin: str, fact: Fact) -> None:
    """Raises MisplacedFact."""
    if misplaced(fact, evaluation.period):
        raise MisplacedFact(organisation=bin, fact=fact.key, period=evaluation.period)


def _must_be_reportable(by: Side, evaluation: Evaluation, bin: str, fact: Fact) -> None:
    """Raises MisplacedFact for a fact of another period, AssumedByOthers unless the authority assumes it."""
    must_be_of_period(evaluation, bin, fact)
    if fact.assumed and by != "authority":
        raise AssumedByOthers(organisation=bin, fact=fact.key)


def side(who: Who) -> Side:
    return "authority" if who.role is Role.EVALUATOR else "evaluated"


def reporting_as(acting: Acting, evaluation: Evaluation, bin: str | None = None) -> Who:
    """The caller in the role that opened this evaluation, or this organisation in it, to them."""
    grant = grant_to_report(acting.caller, evaluation.body, bin)
    return Who(acting.account, grant.role, grant.provider)


def _of(acting: Acting, fact: Fact) -> Fact:
    """Who sends a fact is its reporter, whatever a form or a file says: an account, no person's name."""
    return fact.model_copy(update={"reporter": str(acting.account)})


def _saved(work: UnitOfWork, acting: Acting, evaluation: Evaluation, organisation: ManagedOrganisation) -> str:
    if organisation.pending_events:
        work.stand_on(evaluation)
        work.who = reporting_as(acting, evaluation, organisation.bin)
        work.save(organisation)
    return organisation.bin
