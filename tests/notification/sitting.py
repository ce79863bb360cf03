"""A sitting over one application, told into notification's log, and a round of the loop that mails its letters."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from services.notification.convocation import post
from services.notification.mail.deliver import Round
from services.notification.settings import MailSettings
from shared.contracts.commission import SittingScheduled
from shared.contracts.common import PublicFact
from shared.contracts.intake import ContactGiven
from shared.contracts.personal import Personal
from shared.texts.languages import Language
from tests.notification.conftest import House
from tests.notification.post_office import PostOffice
from tests.notification.story import BODY, Story, utc

CONVENED, STARTS = utc(11, 27, 4), utc(12, 5, 5)


class Office:
    """The sitting, its members Asel and Dana, and the mail server."""

    def __init__(self, house: House, story: Story, server: PostOffice) -> None:
        self.house, self.story, self.server = house, story, server
        self.sitting, self.asel, self.dana = uuid4(), uuid4(), uuid4()
        self.settings = MailSettings(host="127.0.0.1", port=server.port, sender="cabinet@reglament.example")
        self.versions: dict[UUID, int] = {}

    async def come(self, source: str, subject: UUID, fact: PublicFact) -> None:
        self.versions[subject] = self.versions.get(subject, 0) + 1
        keys = await self.house.vault.keys([subject])
        await self.story.come(self.story._row(source, str(subject), self.versions[subject], fact, keys))

    async def convened(self, application: UUID | None = None) -> None:
        fact = SittingScheduled(
            happened_at=CONVENED,
            body=BODY,
            starts_at=STARTS,
            place="каб. 12",
            agenda=(application or self.story.application,),
            members=(self.asel, self.dana),
        )
        await self.come("commission", self.sitting, fact)

    async def address(self, member: UUID, email: str, language: Language = "en") -> None:
        await self.house.vault.create(member)
        given = ContactGiven(happened_at=CONVENED, email=Personal(person=member, text=email), language=language)
        await self.come("intake", member, given)

    async def mailed(self, legal: datetime, after: timedelta = timedelta()) -> int:
        """One round over the letters at this legal instant, so long after now by system time; how many were attempted."""
        await self.house.settled()
        self.house.clock.at = legal
        round_ = Round(self.house.node, self.settings, datetime.now(UTC) + after, {})
        return await round_.attempted([parcel async for parcel in post.parcels(self.house.node, round_.now)])

    async def outcomes(self) -> list[tuple[str, str]]:
        rows = await self.house.log.stream(f"notification:{self.sitting}")
        return [(row.type, "asel" if str(self.asel) in row.data else "dana") for row in rows]
