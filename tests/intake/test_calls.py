"""A procedure that takes applications during a call only: Shymkent, new business ideas (003 annex 1 §5.4).

Its calls of 2019 and 2020 are data: 4 to 15 November 2019, 3 to 28 February 2020, each from 09:00 to 18:00.
"""

from datetime import UTC, datetime
from typing import Any, cast

from httpx import Response

from tests.intake.counter import Counter, package
from tests.support.stores import FixedClock

IDEAS_IN_SHYMKENT = "shymkent-2019/new-business-ideas"


async def filed(counter: Counter, receipt: str) -> Response:
    """Received at this local time, registered ten minutes later."""
    cast("FixedClock", counter.node.clock).at = datetime(2020, 2, 29, 12, tzinfo=UTC)
    shown = (await counter.get(f"/procedures/{IDEAS_IN_SHYMKENT}")).json()
    codes = [d["code"] for d in shown["procedure"]["documents"] if d.get("required", True)]
    given: dict[str, Any] = {
        "procedure": IDEAS_IN_SHYMKENT,
        "receipt": f"{receipt}+06:00",
        "at": f"{receipt}+06:00",
        "documents": [{"code": code, "sheets": 1} for code in codes],
    }
    return await counter.post("/applications", package(**given), provider=shown["provider"])


class TestDuringACall:
    async def test_the_registration_says_when_it_closes(self, counter: Counter) -> None:
        answer = await filed(counter, "2019-11-11T10:00:00")
        assert answer.status_code == 201, answer.text
        moments = (await counter.facts(answer.json()["id"]))[0]["data"]["moments"]
        # 15 November 2019, 18:00 in Shymkent, six hours ahead
        assert moments == {"receipt": "2019-11-11T04:00:00Z", "call-close": "2019-11-15T12:00:00Z"}


class TestOutsideACall:
    async def test_filing_is_refused_with_the_dates_of_the_next(self, counter: Counter) -> None:
        answer = await filed(counter, "2019-11-18T10:00:00")
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (422, "no-call-open")
        said = "The next one opens 3 February 2020, 09:00:00 +06:00 and closes 28 February 2020, 18:00:00 +06:00."
        assert problem["detail"] == said

    async def test_at_the_very_close_it_is_too_late(self, counter: Counter) -> None:
        assert (await filed(counter, "2019-11-15T18:00:00")).json()["code"] == "no-call-open"
