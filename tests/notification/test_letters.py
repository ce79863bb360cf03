"""Who is told what about a sitting, from its facts alone. Reminders go out 24 hours before it begins."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.notification.convocation.letters import Letter, Said, letters
from services.notification.convocation.rules import rules
from shared.contracts.commission import SittingCancelled, SittingScheduled
from tests.notification.story import ASEL, BODY, BOLAT, DANA, utc

BAKERY, SAWMILL = UUID(int=71), UUID(int=72)
DAY = timedelta(hours=24)
STARTS = utc(12, 5, 5)


def scheduled(at: datetime, *members: UUID, starts_at: datetime = STARTS, place: str = "каб. 12") -> SittingScheduled:
    return SittingScheduled(
        happened_at=at, body=BODY, starts_at=starts_at, place=place, agenda=(BAKERY, SAWMILL), members=members
    )


def called_off(at: datetime) -> SittingCancelled:
    return SittingCancelled(happened_at=at, reason="Жылу жоқ.")


def told(*bodies: SittingScheduled | SittingCancelled) -> list[Letter]:
    return letters([Said(UUID(int=n), n, body) for n, body in enumerate(bodies, 1)], DAY)


def said(found: list[Letter]) -> list[tuple[UUID, str, datetime]]:
    """To whom, what, when; in the order of time."""
    return sorted(((x.member, x.template, x.goes_at) for x in found), key=lambda s: (s[2], s[0].int, s[1]))


CONVENED = utc(11, 27, 4)


class TestWhenASittingIsConvened:
    def test_each_member_is_told_at_once_and_reminded_a_day_before(self) -> None:
        assert said(told(scheduled(CONVENED, ASEL, BOLAT))) == [
            (ASEL, "convocation", CONVENED),
            (BOLAT, "convocation", CONVENED),
            (ASEL, "convocation-reminder", utc(12, 4, 5)),
            (BOLAT, "convocation-reminder", utc(12, 4, 5)),
        ]

    def test_nobody_is_reminded_who_was_convened_within_the_last_day(self) -> None:
        late = utc(12, 4, 5)
        assert said(told(scheduled(late, ASEL))) == [(ASEL, "convocation", late)]

    def test_the_words_are_of_the_procedure_first_on_the_agenda(self) -> None:
        assert {x.application for x in told(scheduled(CONVENED, ASEL))} == {BAKERY}

    def test_an_agenda_that_changes_alone_tells_nobody(self) -> None:
        once = scheduled(CONVENED, ASEL)
        changed = once.model_copy(update={"agenda": (SAWMILL,), "happened_at": utc(11, 28, 4)})
        assert told(once, changed) == told(once)

    def test_who_joins_later_is_convened_then(self) -> None:
        joined = utc(12, 2, 4)
        found = said(told(scheduled(CONVENED, ASEL), scheduled(joined, ASEL, DANA)))
        assert [s for s in found if s[0] == DANA] == [
            (DANA, "convocation", joined),
            (DANA, "convocation-reminder", utc(12, 4, 5)),
        ]

    def test_every_letter_has_an_id_of_its_own_that_stays(self) -> None:
        facts = scheduled(CONVENED, ASEL, BOLAT), called_off(utc(12, 4, 9))
        ids = [x.id for x in told(*facts)]
        assert len(set(ids)) == len(ids) == 6
        assert [x.id for x in told(*facts)] == ids


class TestWhenItIsMoved:
    MOVED = utc(12, 3, 4)

    @pytest.mark.parametrize("change", [{"starts_at": utc(12, 12, 5)}, {"place": "каб. 3"}])
    def test_who_was_convened_is_told_the_new_time_or_place(self, change: dict[str, object]) -> None:
        found = told(scheduled(CONVENED, ASEL), scheduled(self.MOVED, ASEL).model_copy(update=change))
        assert [(x.template, x.goes_at) for x in found if x.template != "convocation-reminder"] == [
            ("convocation", CONVENED),
            ("convocation-moved", self.MOVED),
        ]

    def test_the_reminder_is_of_the_new_time_alone(self) -> None:
        found = told(scheduled(CONVENED, ASEL), scheduled(self.MOVED, ASEL, starts_at=utc(12, 12, 5)))
        assert [x.goes_at for x in found if x.template == "convocation-reminder"] == [utc(12, 11, 5)]

    def test_a_reminder_that_was_out_before_stays(self) -> None:
        # Reminded on 4 December 05:00 UTC; moved at 09:00 of that day.
        found = told(scheduled(CONVENED, ASEL), scheduled(utc(12, 4, 9), ASEL, starts_at=utc(12, 12, 5)))
        assert [x.goes_at for x in found if x.template == "convocation-reminder"] == [utc(12, 4, 5), utc(12, 11, 5)]

    def test_who_isnt_of_the_body_on_that_day_is_released(self) -> None:
        found = said(told(scheduled(CONVENED, ASEL, BOLAT), scheduled(self.MOVED, ASEL, starts_at=utc(12, 12, 5))))
        assert [s for s in found if s[0] == BOLAT] == [
            (BOLAT, "convocation", CONVENED),
            (BOLAT, "convocation-released", self.MOVED),
        ]

    def test_the_calendars_entry_counts_up(self) -> None:
        found = told(scheduled(CONVENED, ASEL), scheduled(self.MOVED, ASEL, starts_at=utc(12, 12, 5)))
        assert {x.template: x.sequence for x in found} == {
            "convocation": 1,
            "convocation-moved": 2,
            "convocation-reminder": 2,
        }


class TestWhenItIsCalledOff:
    def test_who_was_convened_is_told_and_not_reminded(self) -> None:
        assert said(told(scheduled(CONVENED, ASEL), called_off(utc(12, 3, 4)))) == [
            (ASEL, "convocation", CONVENED),
            (ASEL, "convocation-cancelled", utc(12, 3, 4)),
        ]

    def test_who_was_released_before_isnt_told(self) -> None:
        facts = scheduled(CONVENED, ASEL, BOLAT), scheduled(utc(12, 2, 4), ASEL), called_off(utc(12, 3, 4))
        assert [s[1] for s in said(told(*facts)) if s[0] == BOLAT] == ["convocation", "convocation-released"]


class TestWhileAFactIsOnItsWay:
    def test_nothing_is_told_beyond_it(self) -> None:
        first, third = Said(UUID(int=1), 1, scheduled(CONVENED, ASEL)), Said(UUID(int=3), 3, called_off(utc(12, 3, 4)))
        assert letters([first, third], DAY) == letters([first], DAY)
        assert letters([third], DAY) == []


def test_members_are_reminded_a_day_before_which_is_assumed() -> None:
    assert rules().assumed
    assert rules().ahead == DAY
