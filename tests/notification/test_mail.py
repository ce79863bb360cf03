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
from services.notification.mail.smtp import NoServer
from services.notification.mail.views import MAIL
from services.notification.settings import MailSettings
from shared.environment import Unset
from shared.kernel.views import Projector
from tests.notification.conftest import House
from tests.notification.post_office import PostOffice
from tests.notification.story import Story

AT = datetime(2030, 1, 7, 4, tzinfo=UTC)


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with PostOffice().open() as opened:
        yield opened


async def mailed(
    house: House,
    office: PostOffice,
    after: timedelta = timedelta(),
    not_before: dict[UUID, datetime] | None = None,
) -> int:
    """One round of the loop, so long after now; how many attempts it made."""
    await house.settled()
    await Projector(MAIL, house.log, house.vault).rebuild()
    settings = MailSettings(host="127.0.0.1", port=office.port, sender="cabinet@reglament.example")
    return await mail_once(house.node, settings, datetime.now(UTC) + after, not_before)


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
        assert await mailed(house, office) == 0  # not before a quarter of an hour
        assert await mailed(house, office, timedelta(minutes=16)) == 1
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
        assert await mailed(house, office, timedelta(minutes=16)) == 1
        assert len(office.taken) == 1
        assert await told(house, story) == ["NoticeDelivered"]

    async def test_what_was_taken_isnt_sent_again_though_the_server_hangs_up_rudely(
        self, house: House, story: Story, office: PostOffice
    ) -> None:
        office.goodbye = "421 closing"
        assert await mailed(house, office) == 1
        assert await mailed(house, office, timedelta(days=1)) == 0
        assert await told(house, story) == ["NoticeDelivered"]

    async def test_while_the_server_is_away_no_attempt_is_counted(
        self, house: House, story: Story, office: PostOffice
    ) -> None:
        """Six attempts would be the last; ten rounds without a server are none."""
        away = PostOffice(port=1)
        for hours in range(10):
            with pytest.raises(NoServer):
                await mailed(house, away, timedelta(hours=12 * hours))
        assert await mailed(house, office, timedelta(hours=121)) == 1
        assert await told(house, story) == ["NoticeDelivered"]

    async def test_what_isnt_due_is_looked_at_again_only_then(
        self, house: House, story: Story, office: PostOffice
    ) -> None:
        office.answers = ["451 busy"]
        not_before: dict[UUID, datetime] = {}
        await mailed(house, office, not_before=not_before)
        assert await mailed(house, office, not_before=not_before) == 0
        [put_off] = not_before.values()
        assert timedelta(minutes=14) < put_off - datetime.now(UTC) <= timedelta(minutes=15)
        assert await mailed(house, office, timedelta(minutes=16), not_before=not_before) == 1
        assert not not_before

    async def test_two_rounds_at_once_mail_it_once(self, house: House, story: Story, office: PostOffice) -> None:
        await mailed(house, PostOffice(port=office.port, answers=[]), timedelta(days=-8))  # the view is built
        await asyncio.gather(mailed(house, office), mailed(house, office))
        assert len(office.taken) == 1

    async def test_what_is_older_than_a_week_isnt_mailed(self, house: House, story: Story, office: PostOffice) -> None:
        assert await mailed(house, office, timedelta(days=8)) == 0


class TestADelivery:
    """By itself: pauses of 15, 30, 60, 240 and 720 minutes."""

    def begun(self) -> Delivery:
        return Delivery(UUID(int=1), UUID(int=2), None, AT)

    def test_that_a_crash_left_without_outcome_is_attempted_again_and_counted(self) -> None:
        delivery = self.begun()
        assert not delivery.attempt(AT + timedelta(minutes=14, seconds=59), rules())
        assert delivery.attempt(AT + timedelta(minutes=15), rules())
        assert delivery.attempts == 2

    def test_is_given_up_after_the_sixth_attempt(self) -> None:
        delivery, at = self.begun(), AT
        for minutes in (15, 30, 60, 240, 720):
            delivery.fail("refused-451", at, rules(), for_good=False)
            assert not delivery.over
            at += timedelta(minutes=minutes)
            assert delivery.attempt(at, rules())
        delivery.fail("refused-451", at, rules(), for_good=False)
        assert delivery.over
        assert delivery.reason == "refused-451"

    def test_whose_sixth_attempt_a_crash_left_without_outcome_is_given_up_after_another_pause(self) -> None:
        delivery, at = self.begun(), AT
        for minutes in (15, 30, 60, 240, 720):
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
    def test_a_port_that_is_no_number_is_named(self) -> None:
        with pytest.raises(Unset, match="SMTP_PORT: "):
            MailSettings.of({"SMTP_HOST": "mail", "SMTP_PORT": "abc"})

    def test_a_password_isnt_sent_in_clear(self) -> None:
        with pytest.raises(Unset, match="SMTP_STARTTLS=1"):
            MailSettings.of({"SMTP_HOST": "mail", "SMTP_USER": "cabinet", "SMTP_PASSWORD": "open sesame"})

    def test_without_a_server_nothing_is_mailed(self) -> None:
        assert MailSettings.of({"SMTP_HOST": "", "SMTP_PORT": "25"}) is None

    def test_the_password_may_stand_in_a_file_among_the_secrets(self, tmp_path: Path) -> None:
        (tmp_path / "smtp-password").write_text("open sesame\n")
        settings = MailSettings.of({"SMTP_HOST": "mail", "SMTP_STARTTLS": "1", "SECRETS": str(tmp_path)})
        assert settings == MailSettings(host="mail", starttls=True, password="open sesame")

    def test_an_interface_that_wasnt_given_the_password_does_without(self, tmp_path: Path) -> None:
        settings = MailSettings.of({"SMTP_HOST": "mail", "SECRETS": str(tmp_path)})
        assert settings == MailSettings(host="mail")
