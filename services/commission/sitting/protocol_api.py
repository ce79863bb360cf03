"""Protocols over HTTP: drawing, signing, approving, and what may be corrected until then."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.commission.commands import SEATED
from services.commission.routes import PREFIX, Member, Onlooker, Secretary, must_see
from services.commission.sitting import correcting, handlers
from services.commission.sitting.domain import Sitting
from services.commission.sitting.reading import body_of
from services.commission.sitting.reads import ProtocolShown, protocol_shown
from shared.identity.roles import Role
from shared.web.commands import Accepted
from shared.web.etag import etag
from shared.web.sent import SentCommand, note_opening, reading

router = APIRouter(prefix=PREFIX + "/sittings/{sitting}", tags=["protocols"])


@router.post("/protocol", summary="Draw the protocol from what happened")
async def draw(sitting: UUID, sent: SentCommand, caller: Secretary, command: handlers.DrawProtocol) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.SECRETARY], lambda work: handlers.draw_protocol(work, acting, sitting, command)
    )


@router.get("/protocol", summary="The protocol: its text, digest and signatures")
async def protocol(sitting: UUID, request: Request, response: Response, caller: Onlooker) -> ProtocolShown:
    work = await reading(request, caller)
    found = await work.load(Sitting, Sitting.create_id(sitting))
    body = await body_of(work, found.body)
    must_see(caller, body, found.day(work.now), found.day(found.starts_at))
    await note_opening(request, caller, found.items)
    response.headers["ETag"] = etag(found.version)
    return protocol_shown(found, body)


@router.post("/protocol/signatures", summary="Sign the protocol, as a member")
async def sign(sitting: UUID, sent: SentCommand, caller: Member, command: handlers.SignProtocol) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(caller, SEATED, lambda work: handlers.sign_protocol(work, acting, sitting, command))


@router.post("/protocol/refusals", summary="Record that a member refuses or isn't able to sign")
async def not_signed(
    sitting: UUID, sent: SentCommand, caller: Secretary, command: handlers.RecordNotSigned
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.SECRETARY], lambda work: handlers.record_not_signed(work, acting, sitting, command)
    )


@router.post("/protocol/approval", summary="Approve the protocol, last of all")
async def approve(sitting: UUID, sent: SentCommand, caller: Member, command: handlers.ApproveProtocol) -> Accepted:
    acting = sent.acting(caller)
    roles = (Role.CHAIR, *SEATED)
    return await sent.perform(caller, roles, lambda work: handlers.approve_protocol(work, acting, sitting, command))


@router.post("/corrections/roll-call", summary="Put right who was there")
async def roll_call(
    sitting: UUID, sent: SentCommand, caller: Secretary, command: correcting.CorrectRollCall
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.SECRETARY], lambda work: correcting.correct_roll_call(work, acting, sitting, command)
    )


@router.post("/corrections/{application}/note", summary="Put right the note of a discussion")
async def note(
    sitting: UUID, application: UUID, sent: SentCommand, caller: Secretary, command: correcting.CorrectNote
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.SECRETARY], lambda work: correcting.correct_note(work, acting, sitting, application, command)
    )


@router.post("/corrections/{application}/vote", summary="Put right how a vote was recorded")
async def vote(
    sitting: UUID, application: UUID, sent: SentCommand, caller: Secretary, command: correcting.CorrectVote
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.SECRETARY], lambda work: correcting.correct_vote(work, acting, sitting, application, command)
    )


@router.post("/corrections/{application}/reasons", summary="Put right the reasons of a decision")
async def reasons(
    sitting: UUID, application: UUID, sent: SentCommand, caller: Secretary, command: correcting.CorrectReasons
) -> Accepted:
    acting = sent.acting(caller)
    return await sent.perform(
        caller, [Role.SECRETARY], lambda work: correcting.correct_reasons(work, acting, sitting, application, command)
    )
