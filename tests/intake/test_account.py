"""The account's own rules."""

from uuid import uuid4

import pytest

from services.intake.account.domain import OF_THE_APPLICANT, Account
from services.intake.account.refusals import AccountErased, AlreadyClaimed, StillInOffice
from shared.contracts.personal import Personal
from shared.identity.roles import Grant, Role

EXECUTOR = Grant(role=Role.EXECUTOR, provider="karaganda-region")


def opened() -> Account:
    person = uuid4()
    account = Account(holder="digest", account=person, number=Personal(person=person, text="900101300017"))
    account.collect_events()
    return account


class TestWhenOpened:
    def test_its_stream_is_named_by_the_digest_alone(self) -> None:
        assert opened().id == "account:digest"

    def test_it_may_do_nothing(self) -> None:
        assert opened().token_grants == ()

    def test_the_same_role_twice_is_one(self) -> None:
        account = opened()
        account.grant(EXECUTOR)
        account.grant(EXECUTOR)
        assert len(account.collect_events()) == 1

    def test_taking_away_what_it_never_had_changes_nothing(self) -> None:
        account = opened()
        account.revoke(EXECUTOR)
        assert list(account.collect_events()) == []

    def test_the_same_name_again_changes_nothing(self) -> None:
        account = opened()
        for _ in range(2):
            account.call(Personal(person=account.account, text="Асқар"), "kk")
        assert len(account.collect_events()) == 1


class TestWhenInOffice:
    def test_it_cannot_be_erased(self) -> None:
        account = opened()
        account.grant(EXECUTOR)
        with pytest.raises(StillInOffice):
            account.erase()

    def test_it_can_be_once_the_role_was_taken_away(self) -> None:
        account = opened()
        account.grant(EXECUTOR)
        account.revoke(EXECUTOR)
        account.erase()
        assert account.erased


class TestWhenClaimed:
    def test_it_opens_the_cabinet(self) -> None:
        account = opened()
        account.claim(uuid4())
        assert account.token_grants == (OF_THE_APPLICANT,)

    def test_it_cannot_be_claimed_again(self) -> None:
        account = opened()
        account.claim(uuid4())
        with pytest.raises(AlreadyClaimed):
            account.claim(uuid4())


class TestWhenErased:
    def test_nothing_can_be_filed_under_it(self) -> None:
        account = opened()
        account.erase()
        with pytest.raises(AccountErased):
            account.apply(uuid4())

    def test_it_holds_no_role_any_more(self) -> None:
        account = opened()
        account.grant(OF_THE_APPLICANT)
        account.claim(uuid4())
        account.erase()
        assert account.token_grants == ()

    def test_opened_anew_it_is_another_person(self) -> None:
        account, person = opened(), uuid4()
        before = account.account
        account.erase()
        account.open_anew(person, Personal(person=person, text="900101300017"))
        assert (account.account, account.applications) == (person, ())
        assert account.account != before
