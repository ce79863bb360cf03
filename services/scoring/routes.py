"""What the routes of scoring share: where they are, and whom they are for."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from services.scoring.refusals import NotYourOrganisation, UnknownEvaluation, UnknownRow
from services.scoring.sheet.edition import Edition
from shared.identity.roles import Grant, Role
from shared.identity.tokens import Caller, NotYourBody
from shared.web.access import allow

PREFIX = "/api/scoring/v1"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
READERS = (Role.EVALUATOR, Role.AUDITOR)
REPORTING = (Role.EVALUATOR, Role.EVALUATED_BODY, Role.REPORTER)

Evaluator = Annotated[Caller, Depends(allow(Role.EVALUATOR))]
EvaluatedBody = Annotated[Caller, Depends(allow(Role.EVALUATED_BODY))]
Reporting = Annotated[Caller, Depends(allow(*REPORTING))]
Reader = Annotated[Caller, Depends(allow(*REPORTING, Role.AUDITOR))]
OVERSEEING = Depends(allow(*READERS, Role.EVALUATED_BODY))
Overseer = Annotated[Caller, OVERSEEING]


def sees_all(caller: Caller) -> bool:
    """The evaluating authority and the auditor."""
    return any(caller.holds(role) for role in READERS)


def bodies_of(caller: Caller) -> list[UUID] | None:
    """The bodies that the caller is, or reports to; None: all."""
    if sees_all(caller):
        return None
    return [g.body for g in caller.grants if g.role in (Role.EVALUATED_BODY, Role.REPORTER) and g.body]


def own_organisations(caller: Caller, body: UUID) -> list[str] | None:
    """BINs that the caller sees of this body's organisations; None: all of them. A reporter's grant names the body, and as
    provider the organisation that reports. Raises UnknownEvaluation."""
    if is_of(caller, body):
        return None
    own = [g.provider for g in caller.grants if (g.role, g.body) == (Role.REPORTER, body) and g.provider]
    if not own:
        raise UnknownEvaluation
    return own


def grant_to_report(caller: Caller, body: UUID, organisation: str | None = None) -> Grant:
    """The grant by which the caller reports for this body, the widest first; of this organisation, where one is named.
    Raises UnknownEvaluation, NotYourOrganisation."""
    for grant in _grants_to_report(caller, body):
        if grant.role is not Role.REPORTER or organisation in (None, grant.provider):
            return grant
    raise NotYourOrganisation(organisation=organisation)


def organisations_to_report(caller: Caller, body: UUID) -> tuple[str, ...] | None:
    """BINs of those that the caller reports; None: all of the body's. Raises UnknownEvaluation."""
    widest, *others = _grants_to_report(caller, body)
    return tuple(g.provider for g in (widest, *others) if g.provider) if widest.role is Role.REPORTER else None


def _grants_to_report(caller: Caller, body: UUID) -> list[Grant]:
    """The widest first; an auditor's is none. Raises UnknownEvaluation."""
    held = [
        g for role in REPORTING for g in caller.grants if g.role is role and (role is Role.EVALUATOR or g.body == body)
    ]
    if not held:
        raise UnknownEvaluation
    return held


def must_have_row(edition: Edition, part: str, row: str | None) -> None:
    """Raises UnknownRow unless it is a scored row of the part, or none is asked for."""
    numbers = [each.number for each in edition.rows(part)]
    if row is not None and row not in numbers:
        raise UnknownRow(rows=numbers)


def is_of(caller: Caller, body: UUID) -> bool:
    """All of a body's evaluation is for the authority, the auditor and the body itself."""
    return sees_all(caller) or caller.holds(Role.EVALUATED_BODY, body=body)


def must_be_of(caller: Caller, body: UUID) -> None:
    """Raises NotYourBody."""
    if not is_of(caller, body):
        raise NotYourBody(role=Role.EVALUATED_BODY)


def must_see(caller: Caller, body: UUID) -> None:
    """Whoever has nothing to do with a body isn't told that it is evaluated: an evaluation's id follows from the body's.
    Raises UnknownEvaluation."""
    if not is_of(caller, body):
        raise UnknownEvaluation


def must_have(caller: Caller, body: UUID, organisation: str) -> None:
    """Raises UnknownEvaluation, NotYourOrganisation."""
    own = own_organisations(caller, body)
    if own is not None and organisation not in own:
        raise NotYourOrganisation(organisation=organisation)
