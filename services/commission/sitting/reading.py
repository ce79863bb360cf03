"""Reading what a command about a sitting decides on: the sitting, its body, and the cases on its agenda."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.commission.body.domain import Body
from services.commission.sitting.conclusions import newest
from services.commission.sitting.domain import Sitting
from services.commission.sitting.state import Entry, Terms
from services.commission.stated import case_in
from shared.contracts.personal import Personal
from shared.identity.roles import Role
from shared.identity.tokens import NotYourBody
from shared.kernel.work import UnitOfWork
from shared.procedure.case import Case
from shared.procedure.cases import case_of
from shared.procedure.named import in_whose_place, may_act
from shared.procedure.refusals import AssignedToAnother
from shared.web.given import Acting


async def sitting_of(work: UnitOfWork, sitting_id: UUID, acting: Acting | None = None) -> Sitting:
    """The sitting; its body and the cases that are on its agenda are read too. Raises NotFound, Stale."""
    sitting = await work.load(Sitting, Sitting.create_id(sitting_id))
    if acting:
        acting.must_know(sitting)
    subjects = [str(sitting_id), *(str(item.application) for item in sitting.live)]
    await work.expect(subjects, [Body.create_id(sitting.body)])
    await work.facts(str(sitting_id))
    for item in sitting.live:
        await case_of(work, item.application)
    return sitting


async def sittings_of(work: UnitOfWork, ids: Iterable[UUID]) -> list[Sitting]:
    """The sittings alone, read at once. Raises NotFound."""
    streams = [Sitting.create_id(sitting) for sitting in ids]
    await work.expect((), streams)
    return [await work.load(Sitting, stream) for stream in streams]


async def body_of(work: UnitOfWork, body_id: UUID) -> Body:
    """Raises NotFound."""
    return await work.load(Body, Body.create_id(body_id))


async def led_by_convener(work: UnitOfWork, sitting_id: UUID, acting: Acting) -> tuple[Sitting, Body]:
    """The sitting, for whoever convenes for the body's provider. Raises NotYourProvider."""
    sitting = await sitting_of(work, sitting_id, acting)
    body = await body_of(work, sitting.body)
    acting.caller.must(sitting.terms.convener, provider=body.provider)
    acting.writes(work, sitting.terms.convener, provider=body.provider)
    return sitting, body


async def must_have_part(work: UnitOfWork, acting: Acting, sitting: Sitting) -> None:
    """Of executors, only one of an application on the agenda puts the sitting off. Raises AssignedToAnother."""
    cases, role = [case_in(work, item.application) for item in sitting.live], sitting.terms.convener
    if cases and not any([await may_act(work, acting.account, case, role, work.now) for case in cases]):
        raise AssignedToAnother


async def arranging(work: UnitOfWork, acting: Acting, cases: Iterable[Case], at: datetime) -> None:
    """These applications are put on an agenda, or taken off, by who convenes for each of them, perhaps for an executor
    who is away. Raises AssignedToAnother."""
    for case in cases:
        role = case.step_of_kind("convene").role
        place = await in_whose_place(work, acting.account, case, role, at)
        acting.writes(work, role, provider=case.registered.provider, on_behalf=place)


async def kept_by_secretary(work: UnitOfWork, sitting_id: UUID, acting: Acting) -> tuple[Sitting, Body]:
    """The sitting, for who is the body's secretary today. Raises NotYourBody."""
    sitting = await sitting_of(work, sitting_id, acting)
    body = await body_of(work, sitting.body)
    if body.on(sitting.terms.day(work.now)).secretary != acting.account:
        raise NotYourBody(role=Role.SECRETARY)
    acting.writes(work, Role.SECRETARY, provider=body.provider)
    return sitting, body


async def attended(work: UnitOfWork, sitting_id: UUID, acting: Acting, *roles: Role) -> Sitting:
    """The sitting, for who takes part in it, in the first of these roles that they hold there."""
    sitting = await sitting_of(work, sitting_id, acting)
    acting.writes(work, *roles, provider=(await body_of(work, sitting.body)).provider)
    return sitting


def terms_of(case: Case) -> Terms:
    """By which rules the body decides this application."""
    said = case.procedure.body
    return Terms.model_validate(
        {
            "rules": said.rules.model_dump(),
            "signers": said.signers.who,
            "zone": case.edition.act.zone,
            "approved": bool(case.steps_of_kind("approve-protocol")),
            "secretary_signs": said.secretary_signs is not None,
            "convener": case.step_of_kind("convene").role,
        }
    )


def entry_of(case: Case) -> Entry:
    return Entry(application=case.application, person=case.person, conclusion=newest(case))


def about(sitting: Sitting, application: UUID, text: str) -> Personal:
    """Words about an application, sealed under its applicant's key. Raises NotOnAgenda."""
    return Personal(person=sitting.item(application).person, text=text)
