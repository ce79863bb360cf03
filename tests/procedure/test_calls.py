"""Calls for applications: from the opening until just before the close, in the act's zone."""

from datetime import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from shared.procedure.calls import Calls, instant

ZONE = "Asia/Almaty"  # +06 in 2019
CALLS = Calls.model_validate(
    {
        "assumed": True,
        "announced": [
            {"code": "first", "opens": "2019-11-04 09:00:00", "closes": "2019-11-15 18:00:00"},
            {"code": "second", "opens": "2020-02-03 09:00:00", "closes": "2020-02-28 18:00:00"},
        ],
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


class TestACall:
    @pytest.mark.parametrize(
        ("moment", "open_call"),
        [
            ("2019-11-04T02:59:59Z", None),
            ("2019-11-04T03:00:00Z", "first"),  # 09:00 at +06
            ("2019-11-15T11:59:59Z", "first"),
            ("2019-11-15T12:00:00Z", None),  # 18:00 at +06 is closed
        ],
    )
    def test_is_open_from_its_first_instant_until_its_close(self, moment: str, open_call: str | None) -> None:
        found = CALLS.at(at(moment), ZONE)
        assert (found and found.code) == open_call

    def test_follows_the_one_that_is_over(self) -> None:
        following = CALLS.after(at("2019-11-15T12:00:00Z"), ZONE)
        assert following
        assert following.code == "second"
        assert instant(following.opens, ZONE) == at("2020-02-03T03:00:00Z")

    def test_is_followed_by_none_when_it_is_the_last(self) -> None:
        assert CALLS.after(at("2020-03-01T00:00:00Z"), ZONE) is None


WRONG: list[tuple[str, list[dict[str, Any]]]] = [
    ("closes after it opens", [{"code": "a", "opens": "2019-11-04 09:00:00", "closes": "2019-11-04 09:00:00"}]),
    ("without an offset", [{"code": "a", "opens": "2019-11-04T09:00:00+06:00", "closes": "2019-11-15 18:00:00"}]),
    ("don't overlap", [
        {"code": "a", "opens": "2019-11-04 09:00:00", "closes": "2019-11-15 18:00:00"},
        {"code": "b", "opens": "2019-11-15 09:00:00", "closes": "2019-11-20 18:00:00"}]),
]  # fmt: skip


class TestCallsThat:
    @pytest.mark.parametrize(("said", "announced"), WRONG, ids=[w[0] for w in WRONG])
    def test_make_no_sense_are_refused(self, said: str, announced: list[dict[str, Any]]) -> None:
        with pytest.raises(ValidationError, match=said):
            Calls.model_validate({"assumed": True, "announced": announced})
