"""Laws of `due`, against counts that walk minute by minute and day by day and know nothing of its arithmetic."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from shared.calendar.calendar import Calendar, calendar
from shared.calendar.due import Due, Pause, due
from shared.calendar.rules import WorkingTime
from shared.calendar.term import Term

ZONES = st.sampled_from(["Asia/Almaty", "Asia/Atyrau"])
MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2024, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001
WHOLE_MINUTES = MOMENTS.map(lambda at: at.replace(second=0, microsecond=0))
SHORT = st.one_of(
    st.builds(Term, minutes=st.integers(1, 1500)),
    st.builds(Term, hours=st.integers(1, 24)),
)
DAYS = st.builds(Term, working_days=st.integers(1, 90))
TERMS = st.one_of(SHORT, DAYS, st.builds(Term, months=st.integers(1, 15)))
MINUTE = timedelta(minutes=1)


@st.composite
def pauses_after(draw: st.DrawFn, moment: datetime) -> list[Pause]:
    pairs = draw(st.lists(st.tuples(st.integers(-600, 3000), st.integers(1, 3000)), max_size=3))
    return [Pause(start=moment + a * MINUTE, end=moment + (a + b) * MINUTE) for a, b in pairs]


MOMENTS_AND_PAUSES = WHOLE_MINUTES.flatmap(lambda at: st.tuples(st.just(at), pauses_after(at)))


def is_working(minute: datetime, zone: str) -> bool:
    """Whether the minute that starts then is working time, said once more in plain words."""
    local = minute.astimezone(ZoneInfo(zone))
    return calendar(zone).is_working_day(local.date()) and (
        time(9) <= local.time() < time(13) or time(14, 30) <= local.time() < time(18, 30)
    )


def is_paused(minute: datetime, pauses: list[Pause]) -> bool:
    return any(pause.start <= minute < pause.end for pause in pauses)


def count_minutes(moment: datetime, minutes: int, zone: str, pauses: list[Pause]) -> datetime:
    while minutes:
        minutes -= is_working(moment, zone) and not is_paused(moment, pauses)
        moment += MINUTE
    return moment


def first_day(moment: datetime, zone: str) -> date:
    """The day that the term starts on: that of the moment, or the next working day."""
    local = moment.astimezone(ZoneInfo(zone))
    day = local.date() + timedelta(days=local.time() >= time(18, 30))
    while not calendar(zone).is_working_day(day):
        day += timedelta(days=1)
    return day


def count_days(moment: datetime, days: int, zone: str, pauses: list[Pause]) -> date:
    day = first_day(moment, zone)
    while days:
        day += timedelta(days=1)
        days -= calendar(zone).is_working_day(day) and not pauses_touch(day, zone, pauses)
    return day


def pauses_touch(day: date, zone: str, pauses: list[Pause]) -> bool:
    """Whether any minute of working time of that day is paused; pauses here begin and end on whole minutes."""
    nine = datetime.combine(day, time(9), ZoneInfo(zone)).astimezone(UTC)
    minutes = (nine + n * MINUTE for n in range(570))
    return bool(pauses) and any(is_working(at, zone) and is_paused(at, pauses) for at in minutes)


def count_months(moment: datetime, months: int, zone: str) -> date:
    """Day by day until the month and the day are the ones sought, or the month they were sought in is over."""
    first = day = first_day(moment, zone)
    sought = (first.year * 12 + first.month - 1) + months
    while day.year * 12 + day.month - 1 < sought or day.day < first.day:
        if (day + timedelta(days=1)).month != day.month and day.year * 12 + day.month - 1 == sought:
            break
        day += timedelta(days=1)
    while not calendar(zone).is_working_day(day):
        day += timedelta(days=1)
    return day


class TestAnyTermFromAnyMoment:
    @given(MOMENTS, MOMENTS, TERMS, ZONES)
    def test_from_a_later_moment_is_never_due_earlier(
        self, one: datetime, other: datetime, term: Term, zone: str
    ) -> None:
        first, second = sorted([one, other])
        assert due(first, term, calendar(zone)).at <= due(second, term, calendar(zone)).at

    @given(MOMENTS, MOMENTS, st.data(), st.one_of(SHORT, DAYS), ZONES)
    def test_with_pauses_from_a_later_moment_is_never_due_earlier_either(
        self, one: datetime, other: datetime, data: st.DataObject, term: Term, zone: str
    ) -> None:
        # Not so in months: 30 and 31 January both give 28 February, and a pause on the 31st delays only the first.
        first, second = sorted([one, other])
        pauses = data.draw(pauses_after(second))
        assert due(first, term, calendar(zone), pauses).at <= due(second, term, calendar(zone), pauses).at

    @given(MOMENTS_AND_PAUSES, TERMS, ZONES)
    def test_is_due_after_it(self, when: tuple[datetime, list[Pause]], term: Term, zone: str) -> None:
        assert due(when[0], term, calendar(zone), when[1]).at > when[0]

    @given(MOMENTS_AND_PAUSES, TERMS, ZONES)
    def test_is_due_on_a_working_day_within_working_hours(
        self, when: tuple[datetime, list[Pause]], term: Term, zone: str
    ) -> None:
        local = due(when[0], term, calendar(zone), when[1]).at.astimezone(ZoneInfo(zone))
        assert calendar(zone).is_working_day(local.date())
        assert time(9) < local.time() <= time(13) or time(14, 30) < local.time() <= time(18, 30)

    @given(MOMENTS_AND_PAUSES, TERMS, ZONES)
    def test_is_never_due_earlier_for_a_pause(self, when: tuple[datetime, list[Pause]], term: Term, zone: str) -> None:
        assert due(when[0], term, calendar(zone), when[1]).at >= due(when[0], term, calendar(zone)).at

    @given(MOMENTS_AND_PAUSES, TERMS, ZONES)
    def test_keeps_its_explanation_through_json_in_every_language(
        self, when: tuple[datetime, list[Pause]], term: Term, zone: str
    ) -> None:
        found = due(when[0], term, calendar(zone), when[1])
        kept = Due.model_validate_json(found.model_dump_json())
        assert kept == found
        assert all(reason.render(locale, ZoneInfo(zone)) for reason in kept.because for locale in ("kk", "ru", "en"))


class TestATermInMinutesOrHours:
    @given(MOMENTS_AND_PAUSES, SHORT, ZONES)
    def test_equals_a_count_minute_by_minute(self, when: tuple[datetime, list[Pause]], term: Term, zone: str) -> None:
        minutes = term.minutes or 60 * (term.hours or 0)
        assert due(when[0], term, calendar(zone), when[1]).at == count_minutes(when[0], minutes, zone, when[1])


class TestATermInWorkingDays:
    @given(MOMENTS, DAYS, ZONES)
    def test_equals_a_count_day_by_day_and_ends_when_the_day_closes(
        self, moment: datetime, term: Term, zone: str
    ) -> None:
        local = due(moment, term, calendar(zone)).at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (count_days(moment, term.count, zone, []), time(18, 30))

    @given(MOMENTS_AND_PAUSES, st.builds(Term, working_days=st.integers(1, 10)), ZONES)
    def test_with_pauses_equals_a_count_that_passes_over_each_day_with_a_paused_minute(
        self, when: tuple[datetime, list[Pause]], term: Term, zone: str
    ) -> None:
        local = due(when[0], term, calendar(zone), when[1]).at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (count_days(when[0], term.count, zone, when[1]), time(18, 30))


class TestATermInMonths:
    @given(MOMENTS, st.builds(Term, months=st.integers(1, 15)), ZONES)
    def test_equals_a_count_day_by_day_and_ends_when_the_day_closes(
        self, moment: datetime, term: Term, zone: str
    ) -> None:
        local = due(moment, term, calendar(zone)).at.astimezone(ZoneInfo(zone))
        assert (local.date(), local.time()) == (count_months(moment, term.count, zone), time(18, 30))


def own_hours(half_hours: list[int], week: set[int]) -> Calendar:
    """Almaty's calendar with any working time, in half hours of the day."""
    begin, rest, back, end = (f"{n // 2:02}:{n % 2 * 30:02}" for n in sorted(half_hours))
    days = [("mon", "tue", "wed", "thu", "fri", "sat", "sun")[n] for n in sorted(week)]
    return calendar(
        "Asia/Almaty",
        working_time=WorkingTime.model_validate({"week": days, "hours": [begin, end], "break": [rest, back]}),
    )


OWN = st.builds(
    own_hours,
    st.lists(st.integers(0, 47), min_size=4, max_size=4, unique=True),
    st.sets(st.integers(0, 6), min_size=1),
)


class TestByAnyWorkingTimeOfAProvider:
    @given(MOMENTS, MOMENTS, TERMS, OWN)
    def test_from_a_later_moment_nothing_is_due_earlier_nor_before_its_moment(
        self, one: datetime, other: datetime, term: Term, days: Calendar
    ) -> None:
        first, second = sorted([one, other])
        earlier, later = due(first, term, days).at, due(second, term, days).at
        assert first < earlier <= later

    @given(MOMENTS, TERMS, OWN)
    def test_is_due_at_the_end_of_a_stretch_or_within_one(self, moment: datetime, term: Term, days: Calendar) -> None:
        found = due(moment, term, days).at
        assert any(begin < found <= end for begin, end in days.working_time(days.day_of(found - MINUTE)))
