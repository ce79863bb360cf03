import re
from datetime import datetime
from string import Formatter
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from shared.calendar import because
from shared.calendar.reason import Code, Locale, Reason, texts

ALMATY = ZoneInfo("Asia/Almaty")
LANGUAGES = {"kk", "ru", "en"}


def told(reason: Reason, locale: Locale) -> str:
    """The sentence with plain spaces: Babel puts narrow ones that don't break before "г." and "ж."."""
    return reason.render(locale, ALMATY).replace("\u202f", " ")


class TestEveryReason:
    def test_has_a_sentence_for_each_code_and_for_no_other(self) -> None:
        assert set(get_args(Code)) == set(texts()["sentences"])

    @pytest.mark.parametrize("part", ["sentences", "units", "holidays"])
    def test_has_its_words_in_three_languages(self, part: str) -> None:
        assert {name: set(words) for name, words in texts()[part].items()} == dict.fromkeys(texts()[part], LANGUAGES)

    def test_asks_for_the_same_values_in_each_language(self) -> None:
        for code, words in texts()["sentences"].items():
            fields = {frozenset((f, s) for _, f, s, _ in Formatter().parse(text) if f) for text in words.values()}
            assert len(fields) == 1, code

    def test_leaves_no_letter_next_to_a_value(self) -> None:
        for words in texts()["sentences"].values():
            for text in words.values():
                assert not re.search(r"\}[\w'’-]|[\w'’-]\{", text), text


class TestAReasonWithAnInstant:
    REASON = Reason(code="due", params={"at": "2019-03-14T12:30:00Z"})

    @pytest.mark.parametrize(
        ("locale", "sentence"),
        [
            ("kk", "Мерзімнің соңы: 2019 ж. 14 наурыз, 18:30"),
            ("ru", "Срок истекает: 14 марта 2019 г., 18:30"),
            ("en", "Due 14 March 2019, 18:30"),
        ],
    )
    def test_is_told_in_civil_time_of_the_zone(self, locale: Locale, sentence: str) -> None:
        assert told(self.REASON, locale) == sentence

    def test_shows_seconds_only_where_there_are_some(self) -> None:
        reason = Reason(code="due", params={"at": "2019-03-14T12:30:05Z"})
        assert told(reason, "en") == "Due 14 March 2019, 18:30:05"


class TestAReasonWithANumber:
    @pytest.mark.parametrize(
        ("count", "ru", "en"),
        [
            ("1", "1 рабочий день", "1 working day"),
            ("3", "3 рабочих дня", "3 working days"),
            ("11", "11 рабочих дней", "11 working days"),
        ],
    )
    def test_is_told_in_the_form_that_the_language_asks_for(self, count: str, ru: str, en: str) -> None:
        reason = Reason(code="term-working-days", params={"count": count})
        assert told(reason, "ru") == f"Срок: {ru}"
        assert told(reason, "en") == f"Term: {en}"
        assert told(reason, "kk") == f"Мерзімі: {count} жұмыс күні"


class TestAReasonWithAHoliday:
    def test_is_told_by_its_name_in_each_language(self) -> None:
        reason = Reason(code="holiday", params={"days": "2019-03-21/2019-03-23", "holiday": "nauryz"})
        assert told(reason, "kk").endswith("2019 ж. 21 наурыз – 2019 ж. 23 наурыз, Наурыз мейрамы")
        assert told(reason, "ru") == "Праздник не считается: 21 марта 2019 г. – 23 марта 2019 г., Наурыз мейрамы"
        assert told(reason, "en") == "Holiday, not counted: 21 March 2019 – 23 March 2019, Nauryz"


class TestAReasonThatIsKept:
    def test_reads_as_it_was_written(self) -> None:
        reason = Reason(code="first-day-not-counted", params={"days": "2019-03-20"})
        assert Reason.model_validate_json(reason.model_dump_json()) == reason

    def test_keeps_instants_as_text_that_python_reads(self) -> None:
        assert datetime.fromisoformat(because.utc(datetime(2019, 3, 14, 18, 30, tzinfo=ALMATY))).utcoffset() is not None
        assert because.utc(datetime(2019, 3, 14, 18, 30, tzinfo=ALMATY)) == "2019-03-14T12:30:00Z"
