"""Scans come one by one, before the registration that names them by digest; so the applicant's number comes with each.

Whoever isn't known by that number yet gets an account without a name, whose key the scan is sealed under.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request, UploadFile

from services.intake.account import find
from services.intake.account.handlers import Number
from services.intake.account.login import secret_of
from services.intake.account.refusals import UnknownAccount
from services.intake.application.access import OFFICIALS
from services.intake.rest import PREFIX, Key
from shared.identity.roles import Role
from shared.identity.tokens import Caller
from shared.kernel import documents
from shared.kernel.work import UnitOfWork
from shared.web.access import allow
from shared.web.commands import Accepted, perform, who

Uploading = Annotated[Caller, Depends(allow(*OFFICIALS, Role.APPLICANT))]

router = APIRouter(prefix=PREFIX, tags=["documents"])


@router.post("/documents", status_code=201, summary="Upload a scan: PDF, JPEG or PNG, 20 MB at most")
async def upload(
    request: Request, number: Annotated[Number, Form()], file: UploadFile, caller: Uploading, key: Key
) -> Accepted:
    """The answer's `id` is the digest (SHA-256) to give at the registration, or with corrected documents. Applicants upload
    under their own number alone."""
    content, secret = await file.read(), secret_of(request)
    documents.media_type_of(content)
    own = None if any(caller.holds(role) for role in OFFICIALS) else caller.account

    async def keep(work: UnitOfWork) -> str:
        return await keep_document(work, secret, number, content, own)

    return await perform(request, key, who(caller, *OFFICIALS, Role.APPLICANT), keep)


async def keep_document(work: UnitOfWork, secret: bytes, number: str, content: bytes, own: UUID | None = None) -> str:
    """Keep a scan for the holder of this IIN or BIN, who has to be `own` where that is given; returns its digest.

    Raises UnknownAccount.
    """
    if own and await find.person_of(work, secret, number) != own:
        raise UnknownAccount
    account = await find.open_for(work, secret, number)
    await work.learn_persons([account.account])
    kept = await documents.keep(work.log.pool, work.keys, account.account, content)
    work.save(account)
    return kept.digest
