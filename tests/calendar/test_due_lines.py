from typing import Any

import pytest

from shared.calendar.calendar import Calendar, calendar
from shared.calendar.lines import BadQuestion
from shared.calendar.lines import answer as answer_by
from shared.calendar.reason import Locale
from shared.calendar.rules import InvalidCalendar

ASKED = {"zone": "Asia/Almaty", "from": "2019-03-07T05:00Z", "term": {"working_days": 3}}


def provider(code: str) -> Calendar:
    """One provider is known, in the west of the country."""
    if code != "atyrau-department":
        raise ValueError(f"no procedure has the provider {code!r}; known: atyrau-department")
    return calendar("Asia/Atyrau")


def answer(question: Any, locale: Locale = "en") -> dict[str, Any]:
    return answer_by(question, provider, locale)


class TestAQuestion:
    def test_is_answered_in_the_offset_of_its_zone_with_reasons(self) -> None:
        # Thu 7 March 11:00; Fri 8 is a holiday; Mon 11, Tue 12, Wed 13
        told = answer(ASKED)
        assert told["due"] == "2019-03-13T18:30:00+06:00"
        assert told["because"][:4] == [
            "Counted from 7 March 2019, 11:00",
            "Term: 3 working days",
            "The day it starts on is not counted: 7 March 2019",
            "Holiday, not counted: 8 March 2019, International Women's Day",
        ]

    def test_is_answered_in_the_language_asked_for(self) -> None:
        assert answer(ASKED, "kk")["because"][1] == "Мерзімі: 3 жұмыс күні"

    def test_may_state_any_offset(self) -> None:
        assert answer({**ASKED, "from": "2019-03-07T11:00:00+06:00"}) == answer(ASKED)

    @pytest.mark.parametrize("zone", [{}, {"zone": "Asia/Atyrau"}])
    def test_may_name_a_provider_whose_zone_and_hours_count(self, zone: dict[str, str]) -> None:
        # 05:00Z is 10:00 in Atyrau, +05 then; the same days
        asked = {"provider": "atyrau-department", **zone, "from": ASKED["from"], "term": ASKED["term"]}
        assert answer(asked)["due"] == "2019-03-13T18:30:00+05:00"


class TestACalendarThatCannotBeRead:
    def test_is_said_as_such_and_not_as_a_wrong_provider(self) -> None:
        def unread(_: str) -> Calendar:
            raise InvalidCalendar("own.yaml: revision: above 1, the product's own")

        question = {"provider": "karaganda-region", "from": "2019-03-07T05:00Z", "term": {"working_days": 3}}
        with pytest.raises(BadQuestion) as refused:
            answer_by(question, unread)
        says = "the calendar can't be read, whatever is asked: own.yaml: revision: above 1, the product's own"
        assert str(refused.value) == says


class TestAQuestionThatCannotBeAnswered:
    @pytest.mark.parametrize(
        ("question", "says"),
        [
            ({**ASKED, "zone": "Asia/Karaganda"}, "zone: unknown time zone 'Asia/Karaganda'; use"),
            ({**ASKED, "zone": None}, "zone: unknown time zone"),
            ({**ASKED, "from": "2019-03-07T05:00"}, "from: .* has no offset; add Z"),
            ({**ASKED, "from": "yesterday"}, "from: 'yesterday' is no ISO 8601 instant; write it as"),
            ({**ASKED, "from": 5}, "from: 5 is no ISO 8601 instant"),
            ({**ASKED, "from": "1899-01-01T00:00Z"}, "from: the calendar knows the years 2000 to 2099, not 1899"),
            ({**ASKED, "from": "9999-12-31T23:59Z"}, "from: "),
            ({**ASKED, "term": {"days": 3}}, "term.days: .*; write for example"),
            ({**ASKED, "term": {"minutes": 1, "hours": 1}}, "term: .*exactly one of"),
            ({**ASKED, "term": 3}, "term: "),
            ({"zone": "Asia/Almaty"}, "an object with zone, from, term and nothing else"),
            ({**ASKED, "pauses": []}, "nothing else"),
            ([], "an object"),
            (
                {**ASKED, "provider": "nobody"},
                "provider: no procedure has the provider 'nobody'; known: atyrau-department",
            ),
            ({**ASKED, "provider": "atyrau-department"}, "zone: the provider's is Asia/Atyrau"),
            ({"provider": "atyrau-department", "from": "2019-03-07T05:00Z"}, "an object with"),
        ],
    )
    def test_is_refused_with_what_where_and_how(self, question: Any, says: str) -> None:
        with pytest.raises(BadQuestion, match=says):
            answer(question)
