"""Queues: each role sees its own open work of its provider, the most urgent first."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from services.notification.deadline.sweep import sweep_once
from services.notification.main import notification_app
from services.notification.notice.handlers import TellApplicant, tell_applicant
from services.notification.queues.views import role_of
from shared.contracts.intake import Absence, AbsencesRecorded, ExecutorAssigned
from shared.identity.roles import Role
from shared.kernel.work import SYSTEM
from shared.procedure.format import Step
from tests.notification.conftest import KEY, SECRET, House, token
from tests.notification.story import ASEL, BOLAT, PROVIDER, Story, clerk, sources_come, utc

EXECUTOR = UUID(int=92)


@pytest.fixture
async def officials(house: House) -> AsyncIterator[httpx.AsyncClient]:
    app = notification_app(house.node, KEY.public_key(), SECRET)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test/api/notification/v1"
    ) as client:
        yield client


def bearer(account: UUID, *roles: Role, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(account, *roles, **more)}", "Accept-Language": "en"}  # type: ignore[arg-type]


class TestWhenTwoChecksAreOpen:
    @pytest.fixture(autouse=True)
    async def two(self, house: House, story: Story) -> Story:
        self.later = await house.story()
        await story.registered()
        await self.later.registered(shift=timedelta(days=1))
        await house.settled()
        return story

    async def test_the_one_due_first_comes_first(self, officials: httpx.AsyncClient, story: Story) -> None:
        answer = await officials.get("/queues/executor", headers=bearer(EXECUTOR, Role.EXECUTOR))
        items = answer.json()["items"]
        assert [i["application"] for i in items] == [story.subject, self.later.subject]
        # registered Monday and Tuesday 10:10, 2 working days each
        assert [i["due"] for i in items] == ["2019-11-27T18:30:00+06:00", "2019-11-28T18:30:00+06:00"]
        assert [i["overdue"] for i in items] == [False, False]
        assert (items[0]["title"], items[0]["paragraph"]) == ("Checking the documents", "§5.2")

    async def test_overdue_is_told_by_legal_time(self, officials: httpx.AsyncClient, house: House) -> None:
        house.clock.at = utc(11, 27, 12, 31)
        answer = await officials.get("/queues/executor", headers=bearer(EXECUTOR, Role.EXECUTOR))
        assert [i["overdue"] for i in answer.json()["items"]] == [True, False]

    async def test_pages_follow_one_another(self, officials: httpx.AsyncClient, story: Story) -> None:
        headers = bearer(EXECUTOR, Role.EXECUTOR)
        first = (await officials.get("/queues/executor?limit=1", headers=headers)).json()
        second = (await officials.get("/queues/executor", params={"cursor": first["next"]}, headers=headers)).json()
        assert [i["application"] for i in first["items"]] == [story.subject]
        assert [i["application"] for i in second["items"]] == [self.later.subject]
        assert second["next"] is None

    async def test_another_provider_sees_nothing(self, officials: httpx.AsyncClient) -> None:
        answer = await officials.get("/queues/executor", headers=bearer(EXECUTOR, Role.EXECUTOR, provider="elsewhere"))
        assert answer.json()["items"] == []

    async def test_a_role_that_one_doesnt_hold_is_refused(self, officials: httpx.AsyncClient) -> None:
        answer = await officials.get("/queues/head", headers=bearer(EXECUTOR, Role.EXECUTOR))
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong-role")

    @pytest.mark.parametrize("cursor", ["x", "WyJ4Il0", "%00", "W10"])
    async def test_a_cursor_of_another_kind_is_refused(self, officials: httpx.AsyncClient, cursor: str) -> None:
        answer = await officials.get(f"/queues/executor?cursor={cursor}", headers=bearer(EXECUTOR, Role.EXECUTOR))
        assert (answer.status_code, answer.json()["code"]) == (400, "bad-cursor")


class TestWhenTheCheckWasEscalated:
    @pytest.fixture(autouse=True)
    async def escalated(self, house: House, story: Story) -> None:
        await story.registered()
        await house.settled()
        house.clock.at = utc(11, 27, 12, 36)  # due at 12:30, 5 minutes of grace
        await sources_come(house.log)

    async def seen(self, officials: httpx.AsyncClient, role: Role, provider: str = PROVIDER) -> list[tuple[str, str]]:
        answer = await officials.get(f"/queues/{role}", headers=bearer(uuid4(), role, provider=provider))
        return [(i["step"], i["role"]) for i in answer.json()["items"]]

    async def test_the_head_has_it_in_the_queue_too(self, officials: httpx.AsyncClient, house: House) -> None:
        assert await self.seen(officials, Role.HEAD) == []
        await sweep_once(house.node)
        await house.settled()
        assert await self.seen(officials, Role.HEAD) == [("check", "executor")]
        assert await self.seen(officials, Role.EXECUTOR) == [("check", "executor")]

    async def test_others_and_heads_of_other_providers_have_not(
        self, officials: httpx.AsyncClient, house: House
    ) -> None:
        await sweep_once(house.node)
        await house.settled()
        assert await self.seen(officials, Role.SECRETARY) == []
        assert await self.seen(officials, Role.HEAD, "elsewhere") == []


class TestWhenAConveningOnceInTimeIsOpenAgain:
    async def test_it_comes_last_and_is_not_overdue(
        self, officials: httpx.AsyncClient, house: House, story: Story
    ) -> None:
        other = await house.story()
        await other.registered(shift=timedelta(days=1))
        await story.registered()
        await story.admitted()
        await house.settled()
        await story.scheduled()
        await story.unscheduled(utc(11, 28, 4))
        await house.settled()
        house.clock.at = utc(11, 28, 12)
        items = (await officials.get("/queues/executor", headers=bearer(EXECUTOR, Role.EXECUTOR))).json()["items"]
        # the check is due on Thursday, the convening was on Wednesday
        assert [(i["step"], i["due"], i["overdue"]) for i in items] == [
            ("check", "2019-11-28T18:30:00+06:00", False),
            ("convene", "2019-11-27T18:30:00+06:00", False),
        ]


class TestWhoseTurnAPartIs:
    def test_who_examines_the_institutes_head_names_first(self) -> None:
        step = Step.model_validate({"kind": "examine", "role": "institute-expert", "after": ["send"]})
        assert role_of(step, "", "paper") == Role.INSTITUTE_HEAD
        assert role_of(step, str(ASEL), "paper") == Role.INSTITUTE_EXPERT

    @pytest.mark.parametrize(
        ("part", "channel", "role"),
        [
            ("provider", "portal", Role.HEAD),
            ("financial-agency", "portal", Role.FINANCIAL_AGENCY),
            ("national-institute", "portal", Role.INSTITUTE_HEAD),
            ("applicant", "portal", Role.APPLICANT),
            ("applicant", "paper", Role.CHANCELLERY),
            (str(ASEL), "paper", Role.SECRETARY),
            ("", "paper", Role.SECRETARY),
        ],
    )
    def test_it_is_the_partys_role_or_the_steps(self, part: str, channel: str, role: Role) -> None:
        step = Step.model_validate({"kind": "sign-contract", "role": "secretary", "after": ["notify"]})
        assert role_of(step, part, channel) == role


class TestWhenTheProtocolIsToBeSigned:
    async def test_a_member_sees_their_own_signature_only(
        self, officials: httpx.AsyncClient, house: House, story: Story
    ) -> None:
        await story.registered()
        await story.admitted()
        await house.settled()
        for tell in (story.scheduled, story.held, story.decided, story.drawn):
            await tell()
        await story.signed(BOLAT, 5)
        await house.settled()

        async def parts(account: UUID) -> list[str]:
            answer = await officials.get("/queues/member", headers=bearer(account, Role.MEMBER))
            return [i["part"] for i in answer.json()["items"]]

        assert await parts(ASEL) == [str(ASEL)]
        assert await parts(BOLAT) == []
        assert await parts(uuid4()) == []


class TestWhenTheContractIsToBeSigned:
    async def test_each_party_has_it_in_its_queue(
        self, officials: httpx.AsyncClient, house: House, story: Story
    ) -> None:
        await house.until_approved(story)
        clerk = bearer(UUID(int=93), Role.CHANCELLERY)
        given = await officials.post(
            f"/applications/{story.subject}/notices",
            json={"channel": "paper"},
            headers={**clerk, "Idempotency-Key": str(uuid4())},
        )
        assert given.status_code == 201
        await house.settled()
        seen = {
            role: [
                i["part"]
                for i in (await officials.get(f"/queues/{role}", headers=bearer(uuid4(), role))).json()["items"]
            ]
            for role in (Role.HEAD, Role.FINANCIAL_AGENCY, Role.CHANCELLERY)
        }
        # a paper applicant's signature is recorded by the chancellery
        assert seen == {
            Role.HEAD: ["provider"],
            Role.FINANCIAL_AGENCY: ["financial-agency"],
            Role.CHANCELLERY: ["applicant"],
        }


class TestWhenAnOfficialOpensAnApplication:
    @pytest.fixture(autouse=True)
    async def registered(self, house: House, story: Story) -> None:
        await story.registered()
        await house.settled()

    async def test_the_opening_is_recorded(self, officials: httpx.AsyncClient, house: House, story: Story) -> None:
        answer = await officials.get(f"/applications/{story.subject}", headers=bearer(EXECUTOR, Role.EXECUTOR))
        assert (answer.status_code, answer.headers["ETag"]) == (200, '"1"')
        noted = await house.log.pool.fetch("select account, subject from openings")
        assert [tuple(r) for r in noted] == [(EXECUTOR, story.subject)]

    async def test_one_of_another_provider_may_not(
        self, officials: httpx.AsyncClient, house: House, story: Story
    ) -> None:
        headers = bearer(EXECUTOR, Role.EXECUTOR, provider="elsewhere")
        answer = await officials.get(f"/applications/{story.subject}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-provider")
        assert await house.log.pool.fetchval("select count(*) from openings") == 0

    @pytest.mark.parametrize("role", [Role.MEMBER, Role.CHAIR])
    async def test_members_read_it_through_the_commission_only(
        self, officials: httpx.AsyncClient, story: Story, role: Role
    ) -> None:
        answer = await officials.get(f"/applications/{story.subject}", headers=bearer(uuid4(), role))
        assert (answer.status_code, answer.json()["code"]) == (403, "wrong-role")

    async def test_the_financial_agency_may_not_before_there_is_a_contract(
        self, officials: httpx.AsyncClient, story: Story
    ) -> None:
        headers = bearer(uuid4(), Role.FINANCIAL_AGENCY)
        answer = await officials.get(f"/applications/{story.subject}", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-your-provider")


class TestWhenTheContractCanBeSigned:
    async def test_the_financial_agency_may_open_it(
        self, officials: httpx.AsyncClient, house: House, story: Story
    ) -> None:
        await house.until_approved(story)
        told = TellApplicant(story.application, clerk(), "paper")
        await house.node.perform(lambda work: tell_applicant(work, told), SYSTEM)
        headers = bearer(uuid4(), Role.FINANCIAL_AGENCY)
        await house.settled()
        assert (await officials.get(f"/applications/{story.subject}", headers=headers)).status_code == 200
        for party in ("provider", "financial-agency", "applicant"):
            await story.contract_signed(party, 12)
        await house.settled()
        assert (await house.state(story))["open"] == []
        assert (await officials.get(f"/applications/{story.subject}", headers=headers)).status_code == 200

    @pytest.mark.parametrize("at", ["0001-01-01T00:00:00+06:00", "9999-12-31T23:59:59-06:00", "2019-12-09T15:00:00"])
    async def test_a_telling_at_an_instant_that_is_none_is_refused(
        self, officials: httpx.AsyncClient, story: Story, at: str
    ) -> None:
        answer = await officials.post(
            f"/applications/{story.subject}/notices",
            json={"channel": "paper", "at": at},
            headers={**bearer(UUID(int=93), Role.CHANCELLERY), "Idempotency-Key": str(uuid4())},
        )
        assert answer.status_code == 422


class TestWhenTheHeadHasNamedAnExecutor:
    NAMED, OTHER = UUID(int=93), UUID(int=94)

    @pytest.fixture(autouse=True)
    async def assigned(self, house: House, story: Story) -> None:
        await story.registered()
        await story.tell("intake", ExecutorAssigned(happened_at=utc(11, 25, 5), executor=self.NAMED))
        await house.settled()

    async def seen_by(self, officials: httpx.AsyncClient, account: UUID) -> list[str]:
        answer = await officials.get("/queues/executor", headers=bearer(account, Role.EXECUTOR))
        return [i["step"] for i in answer.json()["items"]]

    async def test_it_stands_in_that_ones_queue_alone(self, officials: httpx.AsyncClient) -> None:
        assert await self.seen_by(officials, self.NAMED) == ["check"]
        assert await self.seen_by(officials, self.OTHER) == []

    async def test_it_stands_in_the_deputys_on_the_days_away(
        self, officials: httpx.AsyncClient, house: House, story: Story
    ) -> None:
        absence = Absence(deputy=self.OTHER, since=date(2019, 11, 26), until=date(2019, 11, 28))
        told = AbsencesRecorded(happened_at=utc(11, 25, 6), provider=PROVIDER, absences=(absence,))
        await story.come(story._row("intake", str(self.NAMED), 1, told, await story.keys()))
        await house.settled()
        seen = []
        for day in (25, 26, 27, 28):
            house.clock.at = utc(11, day, 6)
            seen.append(await self.seen_by(officials, self.OTHER))
        assert seen == [[], ["check"], ["check"], []]
