"""How the custodian changes the terms of a case, where the procedure's data allow it: a suspension, its end, more time."""

from datetime import datetime
from typing import TypeVar

from shared.calendar.term import Term
from shared.contracts.case import CaseResumed, CaseSuspended, TermExtended
from shared.contracts.personal import Personal
from shared.identity.tokens import Caller
from shared.procedure import refusals
from shared.procedure.case import Case
from shared.procedure.facts import Fact
from shared.procedure.terms import Extension, Suspension

A = TypeVar("A", Suspension, Extension)


def suspend(case: Case, caller: Caller, until: datetime, reason: str, at: datetime) -> CaseSuspended:
    """No term runs until then; whoever has something to do may do it all the same."""
    allowed = _allowed(case.procedure.suspension, "suspension")
    _must_decide(case, caller, allowed, at)
    if standing := _standing(case, at):
        raise refusals.StandsAlready(until=case.local(standing[1].until), paragraph=allowed.paragraph)
    if until <= at:
        raise refusals.EndsBeforeItBegins(begins=case.local(at), until=case.local(until))
    return CaseSuspended(happened_at=at, rests_on=case.rests_on_custody, until=until, reason=_personal(case, reason))


def resume(case: Case, caller: Caller, reason: str, at: datetime) -> CaseResumed:
    """The case goes on before the instant that its suspension had stated."""
    allowed = _allowed(case.procedure.suspension, "suspension")
    _must_decide(case, caller, allowed, at)
    standing = _standing(case, at)
    if standing is None:
        raise refusals.NotSuspended(paragraph=allowed.paragraph)
    if at < standing[0].at:
        raise refusals.BeforeItsGround(stated=case.local(at), ground=case.local(standing[0].at))
    return CaseResumed(
        happened_at=at, rests_on=case.rests_on_custody, stopped_by=standing[0].id, reason=_personal(case, reason)
    )


def extend(case: Case, caller: Caller, action: str, term: Term, reason: str, at: datetime) -> TermExtended:
    """An action that is open and not yet overdue has this longer term, from the moment that it ran from before."""
    allowed = _allowed(case.procedure.extension, "extension")
    _must_decide(case, caller, allowed, at)
    opened = next((o for o in case.progress.open if o.action.code == action), None)
    limit = case.deadline(opened) if opened else None
    if opened is None or limit is None:
        expected = ", ".join(o.action.code for o in case.progress.open)
        raise refusals.StepNotOpenYet(step=action, awaited=action, expected=expected)
    if at > limit.at:
        raise refusals.TermOver(due=case.local(limit.at), paragraph=opened.action.paragraph)
    most, now = allowed.actions.get(action), case.term_of(opened.action)
    if most is None:
        raise refusals.NotProvidedFor(what=action)
    if now is None or term.unit != most.unit or not now.count < term.count <= most.count:
        raise refusals.NotLonger(most=f"{most.count} {most.unit}", paragraph=allowed.paragraph)
    return TermExtended(
        happened_at=at,
        rests_on=case.rests_on_custody,
        action=action,
        term={term.unit: term.count},
        was_due=limit.at,
        reason=_personal(case, reason),
    )


def _allowed(said: A | None, what: str) -> A:
    if said is None:
        raise refusals.NotProvidedFor(what=what)
    return said


def _must_decide(case: Case, caller: Caller, allowed: Suspension | Extension, at: datetime) -> None:
    caller.must(allowed.role, provider=case.registered.provider)
    if ended := case.progress.ended:
        raise refusals.CaseEnded(outcome=ended.outcome, ended_at=case.local(ended.at))
    if not case.mine:
        raise refusals.NotInCustody(custodian=case.progress.custodian)
    receipt = case.registered.moments["receipt"]
    if at < receipt:
        raise refusals.BeforeItsGround(stated=case.local(at), ground=case.local(receipt))


def _standing(case: Case, at: datetime) -> tuple[Fact, CaseSuspended] | None:
    """The suspension that nobody has ended and that lasts beyond this instant."""
    ended = {f.body.stopped_by for f in case.facts.values() if isinstance(f.body, CaseResumed)}
    found = [(f, f.body) for f in case.facts.values() if isinstance(f.body, CaseSuspended) and f.id not in ended]
    return next((pair for pair in found if at < pair[1].until), None)


def _personal(case: Case, text: str) -> Personal:
    return Personal(person=case.person, text=text)
