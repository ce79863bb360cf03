"""The cabinet's rows: folded from facts in any order, the same after a rebuild, without personal data once erased."""

import random

import pytest

from services.notification.cabinet.model import State
from services.notification.cabinet.render import render
from services.notification.cabinet.views import CABINET
from services.notification.notice.handlers import TellApplicant, tell_applicant
from shared.contracts.intake import ApplicantErased
from shared.kernel.views import Projector
from shared.kernel.work import SYSTEM
from shared.procedure.act import Edition
from shared.procedure.basics import Names
from shared.procedure.editions import publish
from shared.procedure.messages import MessageText
from shared.procedure.messages import house as said_by_house
from shared.texts.languages import LANGUAGES, Language
from tests.notification.conftest import House
from tests.notification.story import Story, clerk, utc

NOW = utc(12, 9, 9)
HOUSE = said_by_house()


class TestWhenTheProtocolIsApproved:
    @pytest.fixture(autouse=True)
    async def approved(self, house: House, story: Story) -> None:
        await house.until_approved(story)

    async def test_the_row_counts_its_facts(self, house: House, story: Story) -> None:
        row = await house.row(story)
        assert row is not None
        # 2 of intake, 8 of the commission, and the notice of the admission
        assert (row["version"], row["number"]) == (11, "KRG/2019/000001")

    async def test_the_notice_is_open_with_its_due_instant_and_reasons(self, house: House, story: Story) -> None:
        [opened] = render(await house.state(story), "en", NOW)["open"]
        assert (opened["step"], opened["role"], opened["role_name"]) == (
            "notify",
            "chancellery",
            "provider's chancellery",
        )
        assert (opened["since"], opened["due"]) == ("2019-12-09T10:00:00+06:00", "2019-12-10T18:30:00+06:00")
        assert (opened["paragraph"], opened["overdue"], opened["missing"]) == ("§5.7", False, [])
        assert "Due 10 December 2019, 18:30" in opened["because"]

    async def test_it_is_overdue_when_legal_time_has_passed_its_due_instant(self, house: House, story: Story) -> None:
        [opened] = render(await house.state(story), "en", utc(12, 10, 12, 31))["open"]
        assert opened["overdue"]

    async def test_six_actions_are_complete(self, house: House, story: Story) -> None:
        state = await house.state(story)
        assert [a["code"] for a in state["actions"]] == [
            "register",
            "check",
            "convene",
            "sitting",
            "protocol",
            "signing",
        ]
        assert state["status"]["code"] == "in-progress"

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_it_is_whole_in_every_language(self, house: House, story: Story, language: Language) -> None:
        told = render(await house.state(story), language, NOW)
        assert State.model_validate({**told, "version": 11}).model_dump(mode="json")["number"] == "KRG/2019/000001"

    async def test_messages_are_told_in_the_readers_language(self, house: House, story: Story) -> None:
        told = render(await house.state(story), "kk", NOW)
        assert [(m["template"], m["title"]) for m in told["messages"]] == [
            ("registered", "Өтініш тіркелді"),
            ("check-admitted", "Өтініш қарауға жіберілді"),
            ("sitting-scheduled", "Өтініш отырыстың күн тәртібіне енгізілді"),
        ]
        assert told["messages"][2]["text"] == (
            "Конкурстық комиссия. Отырыс уақыты: 2019\u202fж. 5 желтоқсан, 11:00. Өтетін орны: каб. 12."
        )

    async def test_messages_have_the_values_that_the_house_names(self, house: House, story: Story) -> None:
        messages = (await house.state(story))["messages"]
        given = {m["template"]: m["params"].keys() - {"at"} for m in messages}
        assert given == {code: {value.partition(":")[0] for value in HOUSE[code].values} for code in given} | {
            "check-admitted": {"number", "body", "protocol", "reasons"}  # no ground: nothing was refused
        }

    async def test_each_contradiction_is_shown_with_the_reading_in_use(self, house: House, story: Story) -> None:
        told = render(await house.state(story), "ru", NOW)["contradictions"][0]
        assert (told["code"], told["in_use"]) == ("sitting-result", "starts-the-protocol")
        assert [r["value"] for r in told["readings"]] == ["starts-itself", "starts-the-protocol"]

    async def test_a_rebuild_gives_the_same(self, house: House, story: Story) -> None:
        before = await house.row(story)
        rebuilt = await Projector(CABINET, house.log, house.vault).rebuild()
        assert rebuilt == 1
        assert dict(await house.row(story) or {}) == dict(before or {})

    async def test_an_erased_applicant_is_read_as_erased(self, house: House, story: Story) -> None:
        await house.settled()
        await story.vault.forget(story.person)
        erased = ApplicantErased(happened_at=NOW)
        await story.come(story._row("intake", str(story.person), 1, erased, await story.keys()))
        row = await house.row(story)
        assert row is not None
        assert "Алия" not in row["state"]
        assert "окупится" not in row["state"]
        assert row["version"] == 11


class TestWhenTheProcedureHasWordsOfItsOwn:
    @pytest.fixture(autouse=True)
    async def registered(self, house: House, story: Story) -> Story:
        edition, own = story.published.edition, "{number}, {due:instant}"
        words = Names(kk=f"Қабылданды: {own}", ru=f"Принята: {own}", en=f"Taken: {own}")
        messages = {"registered": MessageText(title=Names(kk="Хабар", ru="Весть", en="News"), text=words)}
        procedure = edition.procedure.model_copy(update={"messages": messages})
        self.own = await house.story()
        self.own.published = publish(Edition(act=edition.act, procedure=procedure))
        await self.own.publish_edition()
        await self.own.registered()
        return self.own

    async def test_its_cases_are_told_so(self, house: House) -> None:
        [message] = render(await house.state(self.own), "en", NOW)["messages"]
        # due in the story: 10 January 2020, 12:30 UTC, 18:30 in Karaganda
        assert (message["title"], message["text"]) == ("News", "Taken: KRG/2019/000001, 10 January 2020, 18:30")
        assert "says" not in message

    async def test_others_are_told_in_the_words_of_the_house(self, house: House, story: Story) -> None:
        await story.registered()
        [message] = render(await house.state(story), "en", NOW)["messages"]
        assert message["title"] == "The application is registered"


class TestWhenTheSameFactsComeInAnotherOrder:
    async def test_the_state_is_the_same(self, house: House, story: Story) -> None:
        house.clock.at = NOW
        await story.registered()
        await story.admitted()
        await house.settled()  # the notice of the admission is written here
        story.under_way = True
        rows = [await story.scheduled(), await story.held(), await story.decided(), await story.drawn()]
        expected = (await story.case("commission")).progress
        random.Random(7).shuffle(rows)
        for row in rows:
            await story.come(row)
            await house.settled()
        state = await house.state(story)
        assert [o["step"] for o in state["open"]] == [o.step.code for o in expected.open] == ["sign-protocol"]
        assert {e["standing"] for e in state["timeline"]} == {"stands"}


class TestWhenTheExecutorRefused:
    async def test_ground_and_reasons_are_told(self, house: House, story: Story) -> None:
        await story.registered()
        await story.refused()
        told = render(await house.state(story), "ru", NOW)
        assert told["status"] == {"code": "refused", "title": "Дан мотивированный отказ"}
        assert told["result"]["ground"] == "Представлен неполный пакет документов"
        assert told["messages"][-1]["text"] == (
            "По заявке дан отказ (номер: KRG/2019/000001). Основание: Представлен неполный пакет документов."
            " Причины: Бизнес-план пуст."
        )
        assert told["open"] == []

    async def test_the_reasons_are_told_as_erased_once_they_are(self, house: House, story: Story) -> None:
        await story.registered()
        await story.refused()
        await house.settled()
        await story.vault.forget(story.person)
        await house.node.projectors[0].rebuild()
        told = render(await house.state(story), "kk", NOW)
        assert told["messages"][-1]["text"].endswith("Себептері: жойылған")


class TestWhenTheRegistrationWasCorrected:
    async def test_the_corrected_values_are_shown(self, house: House, story: Story) -> None:
        await story.registered()
        await story.corrected("applicant.name", "Алия Сериковна")
        await story.corrected("project.title", "Кондитерская")
        state = await house.state(story)
        assert (state["applicant"]["name"], state["project"]["title"]) == ("Алия Сериковна", "Кондитерская")
        assert [m["template"] for m in state["messages"]] == ["registered", *["registration-corrected"] * 2]


class TestWhenTheApplicantAsksToWithdraw:
    async def test_the_cabinet_shows_asked_until_it_is_answered(self, house: House, story: Story) -> None:
        await story.registered()
        await story.admitted()
        await story.scheduled()
        request = await story.asked_to_withdraw(utc(12, 2, 5))
        assert (await house.state(story))["withdrawal"] == {
            "status": "asked",
            "asked_at": "2019-12-02T11:00:00+06:00",
        }
        await story.withdrawn(request, utc(12, 2, 5, 1))
        state = await house.state(story)
        assert (state["withdrawal"], state["status"]["code"]) == (None, "withdrawn")
        assert state["messages"][-1]["template"] == "withdrawal-granted"

    async def test_the_answer_is_told_even_when_the_case_has_ended(self, house: House, story: Story) -> None:
        await house.until_approved(story, "refused")
        request = await story.asked_to_withdraw(utc(12, 9, 5))
        await house.node.perform(
            lambda work: tell_applicant(work, TellApplicant(story.application, clerk(), "paper")), SYSTEM
        )
        await house.settled()
        await story.declined_to_withdraw(request, utc(12, 9, 9, 1))
        told = render(await house.state(story), "en", utc(12, 9, 10))
        assert (told["status"]["code"], told["messages"][-1]["template"]) == ("refused", "withdrawal-declined")
        assert told["messages"][-1]["text"].startswith("Asked at: 9 December 2019, 11:00.")


class TestWhenTheCaseWasClosed:
    async def test_the_reason_is_told_until_it_is_erased(self, house: House, story: Story) -> None:
        await story.registered()
        await story.closed(utc(11, 26, 9), "Заявитель не пришёл.")
        assert render(await house.state(story), "ru", NOW)["messages"][-1]["text"].endswith("Заявитель не пришёл.")
        await story.vault.forget(story.person)
        await house.node.projectors[0].rebuild()
        assert render(await house.state(story), "ru", NOW)["messages"][-1]["text"].endswith("Причина: удалено")
