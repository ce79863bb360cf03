"""A sitting for one's own calendar."""

from services.commission.sitting.ical import ical
from tests.commission.sittings import CONVENED_AT, SITTING, WHOLE, convened

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
SUMMARY:Competition commission № 1/2019
LOCATION:Karaganda\\, room 3
STATUS:CONFIRMED
END:VEVENT
END:VCALENDAR
"""


class TestWhenASittingIsConvened:
    def test_its_file_says_when_and_where(self) -> None:
        file = ical(convened(), "1/2019", "Competition commission", CONVENED_AT)
        assert file == EXPECTED.replace("\n", "\r\n")

    def test_long_names_are_folded_at_75_octets_between_characters(self) -> None:
        file = ical(convened(), "1/2019", "Өңірлік үйлестіру кеңесі " * 4, CONVENED_AT)
        lines = file.split("\r\n")
        assert max(len(line.encode()) for line in lines) <= 75
        assert ("Өңірлік үйлестіру кеңесі " * 4).strip() in file.replace("\r\n ", "")


class TestWhenItIsPutOffOrCancelled:
    def test_it_is_the_same_event_at_another_time(self) -> None:
        sitting = convened()
        sitting.postpone(sitting.starts_at.replace(day=11), WHOLE, "ill", CONVENED_AT)
        file = ical(sitting, "1/2019", "-", CONVENED_AT)
        assert f"UID:{SITTING}@reglament" in file
        assert "SEQUENCE:2" in file
        assert "DTSTART:20191211T040000Z" in file

    def test_it_is_marked_cancelled(self) -> None:
        sitting = convened()
        sitting.cancel("no heating", CONVENED_AT)
        assert "STATUS:CANCELLED" in ical(sitting, "1/2019", "-", CONVENED_AT)
