"""Messages of the cabinet go out by e-mail, through a mail server on a real socket."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.notification.mail.deliver import mail_once
from services.notification.mail.domain import Delivery
from services.notification.mail.rules import rules
from services.notification.mail.views import MAIL
from services.notification.settings import MailSettings
from shared.kernel.views import Projector
from tests.notification.conftest import House
from tests.notification.post_office import PostOffice
from tests.notification.story import Story

AT = datetime(2030, 1, 7, 4, tzinfo=UTC)


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with PostOffice().open() as opened:
        yield opened


async def mailed(house: House, office: PostOffice, after: timedelta = timedelta()) -> int:
    """One round of the loop, so long after now; how many attempts it made."""
    await house.settled()
    await Projector(MAIL, house.log, house.vault).rebuild()
    settings = MailSettings(host="127.0.0.1", port=office.port, sender="cabinet@reglament.example")
    return await mail_once(house.node, settings, datetime.now(UTC) + after)


async def told(house: House, story: Story) -> list[str]:
    """What came of deliveries, as everybody is told it."""
    names = [row.type for row in await house.own_facts(story)]
    return [name for name in names if name in ("NoticeDelivered", "NoticeNotDelivered")]


class TestWhenAnApplicationIsRegistered:
    @pytest.fixture(autouse=True)
    async def registered(self, story: Story) -> None:
        await story.registered()

    async def test_the_applicant_has_one_mail_with_the_number(
        self, house: House, story: Story, office: PostOffice
    ) -> None:
        assert await mailed(house, office) == 1
        [mail] = office.taken
        assert "KRG/2019/" in mail.get_content()
        assert mail["Message-ID"].endswith("@reglament.example>")
        assert await told(house, story) == ["NoticeDelivered"]

    async def test_it_isnt_mailed_again(self, house: House, story: Story, office: PostOffice) -> None:
        await mailed(house, office)
        assert await mailed(house, office, timedelta(days=1)) == 0
        assert len(office.taken) == 1

    async def test_a_server_that_is_busy_is_tried_again_with_the_same_message_id(
        self, house: House, story: Story, office: PostOffice
    ) -> None:
        office.answers = ["451 busy"]
        assert await mailed(house, office) == 1
        assert await mailed(house, office) == 0  # not before a minute
        assert await mailed(house, office, timedelta(minutes=2)) == 1
        assert len({mail["Message-ID"] for mail in office.taken}) == 1
        assert await told(house, story) == ["NoticeDelivered"]

    async def test_an_address_that_there_isnt_is_given_up_at_once(
        self, house: House, story: Story, office: PostOffice
    ) -> None:
        office.answers = ["550 nobody of that name"]
        await mailed(house, office)
        assert await mailed(house, office, timedelta(days=1)) == 0
        assert await told(house, story) == ["NoticeNotDelivered"]

    async def test_a_server_that_doesnt_take_us_is_tried_again_though_it_says_never(
        self, house: House, story: Story, office: PostOffice
    ) -> None:
        office.senders = ["530 log in first"]
        await mailed(house, office)
        assert await mailed(house, office, timedelta(minutes=2)) == 1
        assert len(office.taken) == 1
        assert await told(house, story) == ["NoticeDelivered"]

    async def test_two_rounds_at_once_mail_it_once(self, house: House, story: Story, office: PostOffice) -> None:
        await mailed(house, PostOffice(port=office.port, answers=[]), timedelta(days=-8))  # the view is built
        await asyncio.gather(mailed(house, office), mailed(house, office))
        assert len(office.taken) == 1

    async def test_what_is_older_than_a_week_isnt_mailed(self, house: House, story: Story, office: PostOffice) -> None:
        assert await mailed(house, office, timedelta(days=8)) == 0


class TestADelivery:
    """By itself: pauses of 1, 5, 30, 120 and 720 minutes."""

    def begun(self) -> Delivery:
        return Delivery(UUID(int=1), UUID(int=2), None, AT)

    def test_that_a_crash_left_without_outcome_is_attempted_again_and_counted(self) -> None:
        delivery = self.begun()
        assert not delivery.attempt(AT + timedelta(seconds=59), rules())
        assert delivery.attempt(AT + timedelta(minutes=1), rules())
        assert delivery.attempts == 2

    def test_is_given_up_after_the_sixth_attempt(self) -> None:
        delivery, at = self.begun(), AT
        for minutes in (1, 5, 30, 120, 720):
            delivery.fail("refused-451", at, rules(), for_good=False)
            assert not delivery.over
            at += timedelta(minutes=minutes)
            assert delivery.attempt(at, rules())
        delivery.fail("refused-451", at, rules(), for_good=False)
        assert delivery.over
        assert delivery.reason == "refused-451"

    def test_whose_sixth_attempt_a_crash_left_without_outcome_is_given_up_after_another_pause(self) -> None:
        delivery, at = self.begun(), AT
        for minutes in (1, 5, 30, 120, 720):
            at += timedelta(minutes=minutes)
            assert delivery.attempt(at, rules())
        assert not delivery.attempt(at + timedelta(minutes=719), rules())
        assert not delivery.over
        assert not delivery.attempt(at + timedelta(minutes=720), rules())
        assert (delivery.outcome, delivery.reason, delivery.attempts) == ("given-up", "no-outcome", 6)

    def test_that_succeeded_fails_no_more(self) -> None:
        delivery = self.begun()
        delivery.deliver(AT)
        delivery.fail("late", AT, rules(), for_good=True)
        assert delivery.reason is None


class TestSettings:
    def test_without_a_server_nothing_is_mailed(self) -> None:
        assert MailSettings.of({"SMTP_HOST": "", "SMTP_PORT": "25"}) is None

    def test_the_password_may_stand_in_a_file_among_the_secrets(self, tmp_path: Path) -> None:
        (tmp_path / "smtp-password").write_text("open sesame\n")
        settings = MailSettings.of({"SMTP_HOST": "mail", "SMTP_STARTTLS": "1", "SECRETS": str(tmp_path)})
        assert settings == MailSettings(host="mail", starttls=True, password="open sesame")

    def test_an_interface_that_wasnt_given_the_password_does_without(self, tmp_path: Path) -> None:
        settings = MailSettings.of({"SMTP_HOST": "mail", "SECRETS": str(tmp_path)})
        assert settings == MailSettings(host="mail")
