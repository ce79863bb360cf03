"""What a result's facts mean to others."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.commission.result.domain import Result
from services.commission.stated import case_in
from shared.contracts.common import PublicFact, StepDone
from shared.contracts.result import ResultIssued, ResultPrepared, ResultRegistered, ResultSigned
from shared.kernel.events import DomainEvent
from shared.kernel.work import UnitOfWork


def publish(event: DomainEvent, result: Result, work: UnitOfWork) -> Iterable[tuple[str, PublicFact]]:
    if said := _said(event, result, work):
        yield str(result.terms.application), said


def _said(event: DomainEvent, result: Result, work: UnitOfWork) -> PublicFact | None:
    match event:
        case Result.Prepared(at=at) | Result.PreparedAnew(at=at):
            step = _step(result, "prepare-result", at, work, [result.terms.protocol_digest])
            return ResultPrepared(happened_at=at, step=step, papers=result.digests)
        case Result.Signed(at=at):
            step = _step(result, "sign-result", at, work, list(result.digests.values()))
            return ResultSigned(happened_at=at, step=step, papers=result.digests)
        case Result.Registered(at=at, numbers=numbers):
            step = _step(result, "register-result", at, work)
            return ResultRegistered(happened_at=at, step=step, numbers=numbers)
        case Result.Issued(at=at, channel=channel):
            step = _step(result, "issue", at, work)
            papers, numbers = result.digests, result.numbers
            return ResultIssued(happened_at=at, step=step, channel=channel, papers=papers, numbers=numbers)
    return None


def _step(result: Result, kind: str, at: datetime, work: UnitOfWork, pins: Sequence[str] = ()) -> StepDone:
    case = case_in(work, result.terms.application)
    return case.completes(case.step_of_kind(kind).code, outcome=result.terms.outcome, at=at, pins=pins)
