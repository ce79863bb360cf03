"""Members are convened and reminded by e-mail, with the sitting for their calendar, and read the same in the portal."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from services.notification.mail.deliver import mail_once
from services.notification.mail.domain import Delivery
from services.notification.mail.views import MAIL
from services.notification.main import notification_app
from shared.contracts.commission import SittingCancelled
from shared.identity.roles import Role
from shared.kernel.views import Projector
from shared.procedure.act import Edition
from shared.procedure.basics import Names
from shared.procedure.editions import publish
from shared.procedure.messages import MessageText
from tests.notification.conftest import KEY, SECRET, House, token
from tests.notification.post_office import PostOffice
from tests.notification.sitting import CONVENED, STARTS, Office
from tests.notification.story import Story, utc


@pytest.fixture
async def office(house: House, story: Story) -> AsyncIterator[Office]:
    async with PostOffice().open() as server:
        await story.registered()
        yield Office(house, story, server)


class TestWhenASittingIsConvened:
    @pytest.fixture(autouse=True)
    async def convened(self, office: Office) -> None:
        await office.address(office.asel, "asel@example.kz")
        await office.convened()

    async def test_a_member_with_an_address_has_one_mail_in_the_own_language(self, office: Office) -> None:
        assert await office.mailed(CONVENED) == 2  # one of them to nobody
        [mail] = office.server.taken
        assert (mail["To"], mail["Subject"]) == ("asel@example.kz", "You are convened to a sitting")
        text = mail.get_body(("plain",))
        assert text is not None
        # 5 December 2019, 05:00 UTC is 11:00 in Karaganda
        assert "Time of the sitting: 5 December 2019, 11:00. Place: каб. 12." in text.get_content()

    async def test_the_sitting_is_attached_for_the_calendar(self, office: Office) -> None:
        await office.mailed(CONVENED)
        [file] = office.server.taken[0].iter_attachments()
        assert (file.get_content_type(), file.get_filename()) == ("text/calendar", "sitting.ics")
        said = file.get_payload(decode=True).decode()  # type: ignore[union-attr]
        assert said.splitlines()[0] == "BEGIN:VCALENDAR"
        assert f"UID:{office.sitting}@reglament\r\nSEQUENCE:1\r\n" in said
        assert "DTSTART:20191205T050000Z\r\n" in said
        assert "SUMMARY:Competition commission\r\n" in said
        assert "STATUS:CONFIRMED\r\n" in said

    async def test_it_is_told_once_and_that_it_was_is_a_fact_about_the_sitting(self, office: Office) -> None:
        await office.mailed(CONVENED)
        assert await office.mailed(CONVENED) == 0
        assert await office.outcomes() == [("ConvocationDelivered", "asel")]

    async def test_a_day_before_it_begins_the_member_is_reminded(self, office: Office) -> None:
        await office.mailed(CONVENED)
        assert await office.mailed(utc(12, 4, 4, 59)) == 0
        await office.mailed(utc(12, 4, 5))
        assert [m["Subject"] for m in office.server.taken] == ["You are convened to a sitting", "Reminder of a sitting"]

    async def test_once_it_has_begun_nobody_is_told_any_more(self, office: Office) -> None:
        assert await office.mailed(STARTS) == 0

    async def test_when_it_is_cancelled_the_entry_is_too(self, office: Office) -> None:
        await office.mailed(CONVENED)
        fact = SittingCancelled(happened_at=utc(11, 28, 4), reason="Жылу жоқ.")
        await office.come("commission", office.sitting, fact)
        await office.mailed(utc(11, 28, 4))
        mail = office.server.taken[-1]
        assert mail["Subject"] == "The sitting isn't held at its time"
        [file] = mail.iter_attachments()
        said = file.get_payload(decode=True).decode()  # type: ignore[union-attr]
        assert "SEQUENCE:2\r\n" in said
        assert "STATUS:CANCELLED\r\n" in said

    async def test_an_address_given_later_is_written_to_at_the_next_attempt(self, office: Office) -> None:
        await office.mailed(CONVENED)
        await office.address(office.dana, "dana@example.kz", "kk")
        assert await office.mailed(CONVENED, timedelta(minutes=16)) == 1
        assert office.server.taken[-1]["To"] == "dana@example.kz"
        assert office.server.taken[-1]["Subject"] == "Сіз отырысқа шақырылдыңыз"

    async def test_a_new_address_takes_the_place_of_the_old(self, office: Office) -> None:
        await office.address(office.asel, "asel@another.kz")
        await office.mailed(CONVENED)
        assert [m["To"] for m in office.server.taken] == ["asel@another.kz"]

    async def test_who_was_erased_has_no_address(self, office: Office) -> None:
        await office.house.vault.forget(office.asel)
        await office.mailed(CONVENED)
        assert office.server.taken == []


class TestARoundOfTheMailLoop:
    async def test_takes_applicants_messages_and_members_letters(self, office: Office) -> None:
        await office.address(office.asel, "asel@example.kz")
        await office.convened()
        await office.house.settled()
        await Projector(MAIL, office.house.log, office.house.vault).rebuild()
        office.house.clock.at = CONVENED
        await mail_once(office.house.node, office.settings, datetime.now(UTC))
        assert sorted(mail["To"] for mail in office.server.taken) == ["aliya@example.kz", "asel@example.kz"]


class TestWhileTheApplicationHasntCome:
    async def test_the_letter_waits_for_its_words(self, office: Office) -> None:
        other = await office.house.story()
        await office.address(office.asel, "asel@example.kz")
        await office.convened(other.application)
        await office.mailed(CONVENED)
        assert office.server.taken == []
        await other.registered()
        await office.mailed(CONVENED)
        assert [mail["To"] for mail in office.server.taken] == ["asel@example.kz"]


class TestAProcedureWithWordsOfItsOwn:
    async def test_speaks_in_them(self, office: Office) -> None:
        theirs, edition = await office.house.story(), office.story.published.edition
        text = Names(kk="Күні: {starts_at:instant}", ru="Дата: {starts_at:instant}", en="Day: {starts_at:instant}")
        own = MessageText(title=Names(kk="Келіңіз", ru="Приходите", en="Please come"), text=text)
        theirs.published = publish(
            Edition(act=edition.act, procedure=edition.procedure.model_copy(update={"messages": {"convocation": own}}))
        )
        await theirs.publish_edition()
        await theirs.registered()
        await office.address(office.asel, "asel@example.kz")
        await office.convened(theirs.application)
        await office.mailed(CONVENED)
        [mail] = office.server.taken
        assert mail["Subject"] == "Please come"


class TestWhatAMemberReadsInThePortal:
    @pytest.fixture(autouse=True)
    async def convened(self, office: Office) -> None:
        await office.convened()
        await office.house.settled()

    async def read(self, office: Office, member: UUID, *roles: Role, **params: str) -> httpx.Response:
        app = notification_app(office.house.node, KEY.public_key(), SECRET)
        headers = {"Authorization": f"Bearer {token(member, *(roles or (Role.MEMBER,)))}", "Accept-Language": "ru"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            return await client.get("/api/notification/v1/letters", headers=headers, params=params)

    async def test_is_the_convocation_and_from_a_day_before_the_reminder_above_it(self, office: Office) -> None:
        office.house.clock.at = CONVENED
        assert [x["template"] for x in (await self.read(office, office.dana)).json()["items"]] == ["convocation"]
        office.house.clock.at = utc(12, 4, 5)
        newest, first = (await self.read(office, office.dana)).json()["items"]
        assert (newest["template"], newest["title"]) == ("convocation-reminder", "Напоминание о заседании")
        assert first["sitting"] == str(office.sitting)
        assert "Время заседания: 5 декабря 2019 г., 11:00" in first["text"].replace("\u202f", " ").replace("\xa0", " ")

    async def test_comes_page_by_page(self, office: Office) -> None:
        office.house.clock.at = utc(12, 4, 5)
        first = (await self.read(office, office.dana, limit="1")).json()
        second = (await self.read(office, office.dana, limit="1", cursor=first["next"])).json()
        assert [x["template"] for x in (*first["items"], *second["items"])] == ["convocation-reminder", "convocation"]
        assert second["next"] is None

    async def test_is_their_own_alone(self, office: Office) -> None:
        office.house.clock.at = utc(12, 4, 5)
        assert (await self.read(office, uuid4())).json()["items"] == []

    async def test_is_for_members(self, office: Office) -> None:
        assert (await self.read(office, office.dana, Role.CHANCELLERY)).status_code == 403


class TestADeliveryAsItWasStoredBefore:
    def test_was_of_a_message_to_an_applicant(self) -> None:
        data: dict[str, object] = {
            "message": str(UUID(int=1)),
            "application": str(UUID(int=2)),
            "at": "2019-12-01T00:00:00Z",
        }
        Delivery.Attempted.upcast_v1_v2(data)
        assert (data["subject"], data["member"], "application" in data) == (str(UUID(int=2)), None, False)
