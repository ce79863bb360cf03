"""The applicant's cabinet: opened with the receipt's code, shows one's own applications and nobody else's, live."""

import asyncio

import pytest

from reglament.asking.client import Answered
from reglament.demo.people import PASSWORD
from shared.identity.roles import Grant, Role
from tests.journeys.filing import (
    CABINET,
    INTAKE,
    NOTIFICATION,
    Filing,
    admitted,
    granted,
    package,
    registered,
)
from tests.journeys.live import watching
from tests.journeys.town import Town, stated

CLAIMS = f"{INTAKE}/accounts/claims"


async def another(town: Town, filing: Filing) -> Filing:
    """The same applicant files once more, another package, two hours later."""
    given = package(filing.number, receipt=stated("2019-11-25 12:00"))
    given["documents"][2] = {"code": "business-plan", "sheets": 99}
    await town.at("2019-11-25 12:10")
    done = await town.do("clerk", f"{INTAKE}/applications", given)
    return Filing(town, filing.number, done["id"], filing.account)


class TestWhenTheReceiptWasHandedOver:
    async def test_its_code_opens_the_cabinet_once(self, town: Town) -> None:
        filing = await registered(town)
        receipt = await town.get("clerk", f"{filing.path}/receipt")
        right = {"number": filing.number, "application": receipt["number"], "password": PASSWORD}
        nobody = town.holder()
        wrong = {**right, "code": "0000-0000-000"}
        await town.refused(nobody, CLAIMS, wrong, code="code-not-accepted", status=422)
        await town.do(nobody, CLAIMS, {**right, "code": receipt["code"].lower()})
        mine = await town.operator.log_in(filing.number, PASSWORD)
        await town.settled(filing.id)
        page = await mine.get(f"{CABINET}/applications")
        assert [i["id"] for i in page["items"]] == [filing.id]
        again = {**right, "code": receipt["code"]}
        await town.refused(nobody, CLAIMS, again, code="already-claimed", status=409)

    async def test_a_wrong_password_opens_nothing(self, town: Town) -> None:
        with pytest.raises(Answered, match="401 login-failed"):
            await town.operator.log_in(town.newcomer(), "not the password")


class TestWhatTheCabinetShows:
    async def test_the_list_is_newest_first_and_comes_in_pages(self, town: Town) -> None:
        older = await registered(town)
        newer = await another(town, older)
        await older.state()
        await newer.state()
        first = await town.get(older.applicant, f"{CABINET}/applications", limit=1)
        rest = await town.get(older.applicant, f"{CABINET}/applications", limit=1, cursor=first["next"])
        assert [i["id"] for i in first["items"] + rest["items"]] == [newer.id, older.id]
        assert rest["next"] is None

    async def test_what_was_just_done_is_waited_for(self, town: Town) -> None:
        filing = await registered(town)
        done = await filing.withdraw()
        path = f"{CABINET}/applications/{filing.id}"
        shown = await town.get(filing.applicant, path, after=done["after"])
        assert shown["status"]["code"] == "withdrawn"

    async def test_a_token_that_none_gave_is_refused(self, town: Town) -> None:
        filing = await registered(town)
        path = f"{CABINET}/applications/{filing.id}?after=soon"
        await town.refused(filing.applicant, path, method="GET", code="bad-after", status=400)

    async def test_the_timeline_says_who_when_by_which_paragraph_and_why(self, town: Town) -> None:
        filing = await admitted(town)
        state = await filing.state()
        entries = [(e["event"], e["role"], e["paragraph"], e["at"][:16], e["late"]) for e in state["timeline"]]
        assert entries == [
            ("ApplicationRegistered", "chancellery", "§5.1", "2019-11-25T10:10", False),
            ("ApplicationAdmitted", "executor", "§5.2", "2019-11-26T15:00", False),
            ("ApplicantNotified", "system", "§5.2", "2019-11-26T15:00", False),
        ]
        assert state["timeline"][1]["due"] == "2019-11-27T18:30:00+06:00"  # two working days from Monday
        assert all(e["because"] for e in state["timeline"])
        assert [m["template"] for m in state["messages"]] == ["registered", "check-admitted"]

    async def test_in_the_language_asked_for(self, town: Town) -> None:
        filing = await admitted(town)
        await filing.state()
        told = {}
        for language in ("kk", "ru", "en"):
            headers = {"Accept-Language": language}
            path = f"{CABINET}/applications/{filing.id}"
            answer = await town.send(filing.applicant, path, method="GET", headers=headers)
            assert answer.headers["content-language"] == language
            told[language] = answer.json()["open"][0]["title"]
        assert told == {
            "kk": "Күн тәртібі және мүшелерді хабардар ету",
            "ru": "Повестка дня и извещение членов",
            "en": "Agenda and notice to the members",
        }

    async def test_nobody_elses_application_is_found(self, town: Town) -> None:
        filing = await registered(town)
        await filing.state()
        path = f"{CABINET}/applications/{filing.id}"
        other = town.applicant((await registered(town)).account)
        await town.refused(other, path, method="GET", code="not-found", status=404)

    async def test_officials_of_another_provider_dont_see_it(self, town: Town) -> None:
        filing = await registered(town)
        await filing.state()
        elsewhere = town.holder(None, Grant(role=Role.EXECUTOR, provider="shymkent"))
        for path in (f"{NOTIFICATION}/applications/{filing.id}", filing.path):
            await town.refused(elsewhere, path, method="GET", code="not-your-provider", status=403)
        page = await town.get(elsewhere, f"{INTAKE}/applications")
        assert page["items"] == []

    async def test_an_officials_look_is_recorded_for_the_auditor(self, town: Town) -> None:
        filing = await registered(town)
        await filing.shown()
        auditor = town.holder(None, Grant(role=Role.AUDITOR))
        opened: list[dict[str, str]] = []
        cursor = None
        while True:
            page = await town.get(auditor, f"{INTAKE}/openings", **({"cursor": cursor} if cursor else {}), limit=200)
            opened += page["items"]
            if not (cursor := page["next"]):
                break
        mine = [(o["account"], o["route"]) for o in opened if o["subject"] == filing.id]
        assert mine == [(town.account("executor"), f"{INTAKE}/applications/{{application}}")]


class TestTheLiveCabinet:
    async def test_each_frame_is_a_newer_state_whole(self, town: Town) -> None:
        filing = await registered(town)
        await filing.state()
        async with watching(town, filing.applicant.token, language="ru") as reader:
            first = await reader.next()
            assert (first["application"], first["state"]["status"]["title"]) == (filing.id, "На рассмотрении")
            await filing.refuse()
            last = await reader.until((await filing.state())["version"])
        assert last["state"]["status"]["code"] == "refused"
        assert reader.versions == sorted(set(reader.versions))

    async def test_it_goes_on_from_its_cursor_also_after_a_rebuild(self, town: Town) -> None:
        filing = await registered(town)
        quiet = await another(town, filing)
        await filing.state()
        await quiet.state()
        token = filing.applicant.token
        async with watching(town, token) as reader:
            assert {(await reader.next())["application"] for _ in range(2)} == {filing.id, quiet.id}
        seen = reader.frames[-1]["version"]
        await filing.withdraw()
        await town.do(town.operator, f"{NOTIFICATION}/views/cabinet/rebuild")
        newest = (await filing.state())["version"]
        async with watching(town, token, cursor=reader.cursor) as resumed:
            await resumed.until(newest)
        assert {f["application"] for f in resumed.frames} == {filing.id}
        assert min(resumed.versions) > seen

    async def test_it_follows_a_case_to_its_end_without_doubles(self, town: Town) -> None:
        filing = await registered(town)
        await filing.state()
        async with watching(town, filing.applicant.token, application=filing.id) as reader:
            await reader.next()
            await filing.withdraw()
            await reader.until((await filing.state())["version"])
        assert reader.frames[-1]["state"]["result"]["outcome"] == "withdrawn"
        assert len(reader.versions) == len(set(reader.versions))

    async def test_it_closes_when_the_token_expires(self, town: Town) -> None:
        filing = await registered(town)
        await filing.state()
        async with watching(town, town.applicant(filing.account, lasts=2).token) as reader:
            await reader.next()
            assert await reader.closed() == (4401, "token-expired")

    async def test_without_a_good_first_message_it_closes(self, town: Town) -> None:
        filing = await registered(town)
        await filing.state()
        async with watching(town, "no token") as reader:
            assert (await reader.closed())[0] == 4401
        async with watching(town, filing.applicant.token, wish="more") as reader:
            assert (await reader.closed())[0] == 4400
        stranger = (await registered(town)).applicant
        async with watching(town, stranger.token, application=filing.id) as reader:
            assert (await reader.closed())[0] in (4403, 4404)

    async def test_an_official_watches_an_application_of_the_provider(self, town: Town) -> None:
        filing = await registered(town)
        await filing.state()
        head = await town.stage.as_("head")
        async with watching(town, head.token, application=filing.id) as reader:
            assert (await reader.next())["application"] == filing.id

    async def test_twenty_readers_see_the_same_end(self, town: Town) -> None:
        filing = await granted(town)
        await filing.sign("provider")
        await filing.sign("financial-agency")
        version = (await filing.state())["version"]

        async def read() -> str:
            async with watching(town, filing.applicant.token) as reader:
                return str((await reader.until(version + 1))["state"]["result"]["outcome"])

        reading = [asyncio.create_task(read()) for _ in range(20)]
        await filing.sign("applicant")
        assert set(await asyncio.gather(*reading)) == {"contract"}
