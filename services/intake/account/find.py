"""Finding accounts: by number through the keyed digest that names the stream, by id through an index of the log."""

from uuid import UUID, uuid4

from services.intake.account.domain import Account
from services.intake.account.refusals import UnknownAccount
from shared.contracts.personal import Personal
from shared.identity.digests import keyed_digest
from shared.kernel.work import UnitOfWork

BY_ID = (
    "select stream from events where type in ('account.opened', 'account.opened-anew')"
    " and data::jsonb ->> 'account' = $1"
)


def holder_of(secret: bytes, number: str) -> str:
    """What stands for an IIN or BIN where it mustn't be readable."""
    return keyed_digest(secret, "holder", number)


async def by_number(work: UnitOfWork, secret: bytes, number: str) -> Account | None:
    """The account of this IIN or BIN, erased ones included."""
    return await work.find(Account, Account.create_id(holder_of(secret, number)))


async def by_id(work: UnitOfWork, account: UUID) -> Account:
    """Raises UnknownAccount, also for a person erased whose number has been opened anew."""
    found = await ever(work, account)
    if found.account != account:
        raise UnknownAccount
    return found


async def ever(work: UnitOfWork, account: UUID) -> Account:
    """The account that has this id, or had it before an erasure. Raises UnknownAccount."""
    stream = await work.log.pool.fetchval(BY_ID, str(account))
    found = await work.find(Account, stream) if stream else None
    if found is None:
        raise UnknownAccount
    return found


async def person_of(work: UnitOfWork, secret: bytes, number: str) -> UUID:
    """Who this IIN or BIN is, or, for one not known yet, a new id that nothing was written under."""
    found = await by_number(work, secret, number)
    return found.account if found and not found.erased else uuid4()


async def open_for(work: UnitOfWork, secret: bytes, number: str, person: UUID | None = None) -> Account:
    """The account of this IIN or BIN, opened under a key of its own if there is none; to be saved by the caller.

    `person`: who they are, as `person_of` told in this unit of work, where a stream is read once: whoever opens the account
    meanwhile wins at the commit.
    """
    found = await by_number(work, secret, number)
    if found and not found.erased:
        return found
    person = person or uuid4()
    await work.vault.create(person)
    await work.learn_persons([person])
    sealed = Personal(person=person, text=number)
    if found:
        found.open_anew(person, sealed)
        return found
    return Account(holder=holder_of(secret, number), account=person, number=sealed)
