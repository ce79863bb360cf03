"""Personal fields lie sealed under one key per person, and are gone for good with that key."""

from uuid import UUID, uuid4

import asyncpg
import pytest
from pydantic_core import PydanticSerializationError

from deploy.postgres.embedded import EmbeddedPostgres
from shared.contracts.personal import Personal
from shared.kernel.log import Log
from shared.kernel.vault import Keys, Vault, persons_in
from shared.kernel.work import UnitOfWork
from tests.kernel.samples import Loan, LoanOpened, open_loan, renew_loan, work_on

NAME = "Асан Үсенов"
ALL_TEXT = "select string_agg(e::text, ' ') from events e"


async def person_with_a_key(vault: Vault) -> UUID:
    person = uuid4()
    await vault.create(person)
    return person


async def lent_to(log: Log, vault: Vault, person: UUID) -> None:
    work = work_on(log, vault)
    await work.learn_persons([person])
    await open_loan(work, "abai", Personal(person=person, text=NAME))
    await work.commit()


async def name_in(work: UnitOfWork) -> tuple[str | None, str | None]:
    """The borrower's name, as the private facts and as the public one give it."""
    loan = await work.load(Loan, "loan:abai")
    [opened, *_] = await work.facts("abai")
    public = work.read(LoanOpened, opened)
    assert loan.borrower is not None
    assert public.borrower is not None
    return loan.borrower.text, public.borrower.text


class TestWhenALoanNamesAPerson:
    async def test_who_has_the_key_reads_the_name(self, log: Log, vault: Vault) -> None:
        await lent_to(log, vault, await person_with_a_key(vault))
        assert await name_in(work_on(log, vault)) == (NAME, NAME)

    async def test_the_bytes_of_the_database_hold_nothing_of_it(
        self, log: Log, vault: Vault, postgres: EmbeddedPostgres
    ) -> None:
        await lent_to(log, vault, await person_with_a_key(vault))
        admin = await asyncpg.connect(postgres.dsn(log.dsn.split("/")[3].split("?")[0]))
        await admin.execute("checkpoint")
        path = await admin.fetchval("select pg_relation_filepath('events')")
        content = (postgres.data / path).read_bytes()
        await admin.close()
        assert b"loan.opened" in content  # it is the right file
        assert NAME.encode() not in content
        assert "Үсенов".encode() not in content

    async def test_who_has_no_vault_key_reads_that_there_is_a_name_only(self, log: Log, vault: Vault) -> None:
        person = await person_with_a_key(vault)
        await lent_to(log, vault, person)
        [opened] = await log.subjects(["abai"])
        fact = LoanOpened.model_validate_json(opened.data, context=Keys({}))
        assert fact.borrower == Personal(person=person, text=None)

    async def test_the_same_name_is_sealed_differently_each_time(self, vault: Vault) -> None:
        person = await person_with_a_key(vault)
        keys = await vault.keys([person])
        assert keys.seal(person, NAME) != keys.seal(person, NAME)

    async def test_another_persons_key_does_not_open_it(self, vault: Vault) -> None:
        one, two = await person_with_a_key(vault), await person_with_a_key(vault)
        keys = await vault.keys([one, two])
        assert keys.open(two, keys.seal(one, NAME)) is None


class TestWhenTheKeyIsGone:
    async def test_everything_still_loads_and_the_name_is_erased(self, log: Log, vault: Vault) -> None:
        person = await person_with_a_key(vault)
        await lent_to(log, vault, person)
        await vault.forget(person)
        assert await name_in(work_on(log, vault)) == (None, None)

    async def test_what_needs_no_name_goes_on(self, log: Log, vault: Vault) -> None:
        person = await person_with_a_key(vault)
        await lent_to(log, vault, person)
        await vault.forget(person)
        work = work_on(log, vault)
        await renew_loan(work, "abai")
        await work.commit()
        assert (await work_on(log, vault).load(Loan, "loan:abai")).days == 21

    async def test_a_new_key_of_the_same_person_does_not_bring_it_back(self, log: Log, vault: Vault) -> None:
        person = await person_with_a_key(vault)
        await lent_to(log, vault, person)
        await vault.forget(person)
        await vault.create(person)
        assert await name_in(work_on(log, vault)) == (None, None)

    async def test_writing_about_the_person_is_refused(self, log: Log, vault: Vault) -> None:
        person = await person_with_a_key(vault)
        await vault.forget(person)
        with pytest.raises(PydanticSerializationError, match="NoKeys"):
            await lent_to(log, vault, person)

    async def test_an_erased_name_is_not_written_again_as_if_it_were_known(self, vault: Vault) -> None:
        person = await person_with_a_key(vault)
        with pytest.raises(PydanticSerializationError, match="NoKeys"):
            Personal(person=person, text=None).model_dump_json(context=await vault.keys([person]))


class TestWithoutTheVault:
    def test_writing_a_personal_field_is_refused(self) -> None:
        with pytest.raises(PydanticSerializationError, match="NoKeys"):
            Personal(person=uuid4(), text=NAME).model_dump_json()

    def test_writing_without_the_persons_key_is_refused(self) -> None:
        with pytest.raises(PydanticSerializationError, match="NoKeys"):
            Personal(person=uuid4(), text=NAME).model_dump_json(context=Keys({}))


class TestAKey:
    async def test_is_made_once(self, vault: Vault) -> None:
        person = await person_with_a_key(vault)
        sealed = (await vault.keys([person])).seal(person, NAME)
        await vault.create(person)
        assert (await vault.keys([person])).open(person, sealed) == NAME

    async def test_seals_a_documents_bytes_too(self, vault: Vault) -> None:
        person = await person_with_a_key(vault)
        keys = await vault.keys([person])
        sealed = keys.seal_bytes(person, b"%PDF")
        assert b"%PDF" not in sealed
        assert keys.open_bytes(person, sealed) == b"%PDF"
        assert Keys({}).open_bytes(person, sealed) is None


class TestLookingForPersons:
    async def test_finds_everyone_whose_sealed_values_stand_in_a_text(self, vault: Vault) -> None:
        person = await person_with_a_key(vault)
        sealed = Personal(person=person, text=NAME).model_dump_json(context=await vault.keys([person]))
        assert persons_in([f'{{"a": {sealed}, "b": [{sealed}]}}', "{}"]) == {person}

    def test_isnt_stopped_by_what_only_looks_like_one(self) -> None:
        assert persons_in(['{"person": "------------------------------------", "sealed": ""}']) == set()
