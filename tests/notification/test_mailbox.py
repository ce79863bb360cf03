"""What a socket sends: the newest state of each application, never one twice, with a cursor that loses nothing."""

from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notification.cabinet.mailbox import NOTHING_SENT, Cursor, Mailbox, decode
from services.notification.cabinet.reads import Shown
from shared.kernel.log import Place
from tests.notification.story import utc

STORE = "0a1b2c3d"
ONE, TWO = str(UUID(int=1)), str(UUID(int=2))


def shown(application: str, version: int, position: int) -> Shown:
    return Shown(application, UUID(int=9), "x", utc(12, 1, 1), version, Place(7, position), {})


def emptied(mailbox: Mailbox) -> list[tuple[str, int]]:
    sent = []
    while row := mailbox.next():
        sent.append((row.application, row.version))
        mailbox.note_sent(row)
    return sent


class TestWhenTwoApplicationsHaveChanged:
    def test_the_newest_of_each_is_sent_once(self) -> None:
        mailbox = Mailbox(NOTHING_SENT)
        mailbox.offer([shown(ONE, 1, 1), shown(TWO, 1, 2)], Place(7, 2))
        mailbox.offer([shown(ONE, 2, 3)], Place(7, 3))
        mailbox.offer([shown(ONE, 2, 3)], Place(7, 3))
        assert sorted(emptied(mailbox)) == [(ONE, 2), (TWO, 1)]
        assert emptied(mailbox) == []
        assert mailbox.cursor == Cursor(Place(7, 3), {})

    def test_the_cursor_of_the_first_frame_doesnt_skip_the_second(self) -> None:
        mailbox = Mailbox(NOTHING_SENT)
        mailbox.offer([shown(ONE, 1, 1), shown(TWO, 1, 2)], Place(7, 2))
        first = mailbox.next()
        assert first is not None
        assert mailbox.cursor_after(first) == Cursor(Place(0, 0), {ONE: 1})
        mailbox.note_sent(first)
        second = mailbox.next()
        assert second is not None
        assert mailbox.cursor_after(second) == Cursor(Place(7, 2), {})


class TestWhenTheViewGoesBackForAMomentAfterARebuild:
    def test_an_older_state_isnt_sent(self) -> None:
        mailbox = Mailbox(NOTHING_SENT)
        mailbox.offer([shown(ONE, 3, 3)], Place(7, 3))
        emptied(mailbox)
        mailbox.offer([shown(ONE, 2, 2)], Place(7, 2))
        assert emptied(mailbox) == []
        assert mailbox.cursor.place == Place(7, 3)


class TestWhenAReaderResumes:
    def test_what_was_sent_beyond_its_cursor_isnt_sent_again(self) -> None:
        mailbox = Mailbox(decode(Cursor(Place(7, 1), {ONE: 2}).encode(STORE), STORE))
        mailbox.offer([shown(ONE, 2, 3), shown(TWO, 1, 2)], Place(7, 2))
        assert emptied(mailbox) == [(TWO, 1)]
        # the third fact of the log isn't taken up by the view yet, so the cursor still names what shows it
        assert mailbox.cursor == Cursor(Place(7, 2), {ONE: 2})
        mailbox.offer([shown(ONE, 2, 3)], Place(7, 3))
        assert mailbox.cursor == Cursor(Place(7, 3), {})


class TestACursor:
    @given(
        st.integers(0, 10**18 - 1),
        st.integers(0, 10**18 - 1),
        st.dictionaries(st.uuids().map(str), st.integers(0, 10**9 - 1)),
    )
    def test_comes_back_as_it_was_given(self, tx: int, position: int, ahead: dict[str, Any]) -> None:
        cursor = Cursor(Place(tx, position), ahead)
        assert decode(cursor.encode(STORE), STORE) == cursor

    def test_of_another_store_means_that_nothing_was_sent(self) -> None:
        assert decode(Cursor(Place(7, 1), {}).encode("ffffffff"), STORE) == NOTHING_SENT

    @given(st.text() | st.none())
    def test_that_is_none_means_that_nothing_was_sent(self, text: str | None) -> None:
        assert decode(text, STORE) == NOTHING_SENT
