"""What the cabinet shows while the clock of a case stands still, and of a total that was worked out anew."""

from datetime import datetime, timedelta

from services.notification.cabinet.render import render
from shared.contracts.common import Because
from shared.contracts.intake import CorrectionsAsked, Document, PackageCorrected
from shared.kernel.log import NewRow
from tests.notification.conftest import House
from tests.notification.story import Story, utc


async def asked(story: Story) -> NewRow:
    """On Tuesday 26 November 11:00, with time until Friday 29, 18:30."""
    await story.registered()
    return await story.tell(
        "intake",
        CorrectionsAsked(
            happened_at=utc(11, 26, 5),
            until=utc(11, 29, 12, 30),
            documents=("business-plan",),
            reasons=story.personal("Нет бюджета."),
        ),
    )


async def answered(story: Story, request: NewRow, at: datetime) -> None:
    documents = (Document(code="business-plan", sheets=22),)
    fact = PackageCorrected(happened_at=at, stopped_by=request.id, documents=documents, handed_in_through="cabinet")
    await story.tell("intake", fact)


class TestWhenCorrectionsAreAsked:
    async def test_the_applicant_sees_what_and_until_when(self, house: House, story: Story) -> None:
        await asked(story)
        state = render(await house.state(story), "en", house.clock.at)
        assert state["corrections_asked"] == {
            "documents": "Business plan of the new business idea",
            "reasons": "Нет бюджета.",
            "asked_at": "2019-11-26T11:00:00+06:00",
            "until": "2019-11-29T18:30:00+06:00",
        }
        assert state["pauses"] == [{"start": "2019-11-26T11:00:00+06:00", "end": "2019-11-29T18:30:00+06:00"}]
        message = state["messages"][-1]
        assert (message["template"], "Business plan" in message["text"]) == ("corrections-asked", True)
        # Tuesday 26 to Friday 29 are paused, Monday 2 December is a day off: Tuesday 3, Wednesday 4
        [opened] = state["open"]
        assert opened["due"] == "2019-12-04T18:30:00+06:00"

    async def test_it_is_told_in_the_readers_language(self, house: House, story: Story) -> None:
        await asked(story)
        titles = [
            render(await house.state(story), "kk", house.clock.at)["corrections_asked"]["documents"],
            render(await house.state(story), "ru", house.clock.at)["corrections_asked"]["documents"],
        ]
        assert titles == ["Жаңа бизнес-идеяның бизнес-жоспары", "Бизнес-план новой бизнес-идеи"]

    async def test_after_the_answer_the_term_runs_on(self, house: House, story: Story) -> None:
        await answered(story, await asked(story), utc(11, 27, 9))
        state = render(await house.state(story), "en", house.clock.at)
        assert state["corrections_asked"] is None
        assert state["messages"][-1]["template"] == "package-corrected"
        # paused on Tuesday 26 and Wednesday 27: Thursday 28, Friday 29
        [opened] = state["open"]
        assert opened["due"] == "2019-11-29T18:30:00+06:00"
        assert any(sentence.startswith("Time stopped, not counted") for sentence in opened["because"])

    async def test_the_total_moves_by_the_days_that_the_clock_stood(self, house: House, story: Story) -> None:
        await answered(story, await asked(story), utc(11, 27, 9))
        # 29 working days from Monday 25 November, two of them paused, end on Wednesday 15 January 2020 (13, 14, 15)
        assert (await house.state(story))["total_due"] == "2020-01-15T18:30:00+06:00"


class TestATotalFromAnotherCalendar:
    async def test_is_worked_out_anew_and_says_what_it_was(self, house: House, story: Story) -> None:
        told = story.registration(timedelta(0))
        was = Because(code="calendar", params={"version": "kz-2015.0+holidays.0.1"})
        await story.vault.create(story.person)
        await story.tell("intake", told.model_copy(update={"total_because": (was,)}))
        state = render(await house.state(story), "en", house.clock.at)
        # 29 working days from Monday 25 November 2019: Monday 13 January 2020; the registration had said the 10th
        assert state["total_due"] == "2020-01-13T18:30:00+06:00"
        said = "Worked out anew: before it was 10 January 2020, 18:30, by the calendar kz-2015.0+holidays.0.1"
        assert state["total_because"][-1] == said
