"""A sitting for one's own calendar."""

from dataclasses import replace

from shared.texts.ical import Meeting, ical
from tests.commission.sittings import CONVENED_AT, SITTING, STARTS_AT

# The sitting is on 10 December 2019, 10:00 in Karaganda, six hours ahead; the file is made on the 2nd, 11:00 there.
EXPECTED = f"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Reglament//Sittings//EN
METHOD:PUBLISH
BEGIN:VEVENT
UID:{SITTING}@reglament
SEQUENCE:1
DTSTAMP:20191202T050000Z
DTSTART:20191210T040000Z
SUMMARY:Competition commission
LOCATION:Karaganda\\, room 3
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
"""
MEETING = Meeting(SITTING, 1, STARTS_AT, "Karaganda, room 3", "Competition commission")


class TestWhenASittingIsConvened:
    def test_its_file_says_when_and_where(self) -> None:
        assert ical(MEETING, CONVENED_AT) == EXPECTED.replace("\n", "\r\n")

    def test_long_names_are_folded_at_75_octets_between_characters(self) -> None:
        title = "Өңірлік үйлестіру кеңесі " * 4
        file = ical(replace(MEETING, title=title), CONVENED_AT)
        assert max(len(line.encode()) for line in file.split("\r\n")) <= 75
        assert title.strip() in file.replace("\r\n ", "")


class TestWhenItIsPutOffOrCancelled:
    def test_it_is_the_same_event_at_another_time(self) -> None:
        file = ical(replace(MEETING, sequence=2, starts_at=STARTS_AT.replace(day=11)), CONVENED_AT)
        assert f"UID:{SITTING}@reglament" in file
        assert "SEQUENCE:2" in file
        assert "DTSTART:20191211T040000Z" in file

    def test_it_is_marked_cancelled(self) -> None:
        assert "STATUS:CANCELLED" in ical(replace(MEETING, cancelled=True), CONVENED_AT)
