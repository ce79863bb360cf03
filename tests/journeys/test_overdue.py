"""An action that is overdue is escalated once to the head; a timely act entered late withdraws that."""

import asyncio
from typing import Any

from tests.journeys.filing import NOTIFICATION, Filing, registered
from tests.journeys.town import Town, stated
from tests.support.waiting import PATIENCE

OVERDUE = "2019-11-28 09:00"
"""The check of Monday 25 November is due on Wednesday 27, 18:30."""


async def escalated(filing: Filing, events: int = 1) -> dict[str, Any]:
    """The state once the sweep has looked and there are so many events of escalation."""
    async with asyncio.timeout(PATIENCE):
        while len((state := await filing.state())["escalations"]) < events:
            await asyncio.sleep(0.05)
    return state


class TestWhenTheCheckIsOverdue:
    async def test_the_head_is_told_once(self, town: Town) -> None:
        filing = await registered(town)
        await town.at("2019-11-27 18:34")  # within the grace of five minutes
        await asyncio.sleep(1.2)
        assert (await filing.state())["escalations"] == []
        await town.at(OVERDUE)
        state = await escalated(filing)
        await asyncio.sleep(1.2)  # another sweep
        state = await filing.state()
        assert [(e["event"], e["step"], e["due"]) for e in state["escalations"]] == [
            ("ActionEscalated", "check", "2019-11-27T18:30:00+06:00")
        ]
        assert [(o["overdue"], o["escalated"]) for o in state["open"]] == [(True, True)]

    async def test_it_comes_first_in_the_queue(self, town: Town) -> None:
        filing = await registered(town)
        await town.at(OVERDUE)
        later = Filing(town, town.newcomer())
        await later.register(at=OVERDUE, receipt=stated(OVERDUE))
        await escalated(filing)
        await later.state()
        queue = await town.get("executor", f"{NOTIFICATION}/queues/executor", limit=200)
        checks = [(w["application"], w["overdue"]) for w in queue["items"] if w["step"] == "check"]
        assert checks.index((filing.id, True)) < checks.index((later.id, False))
        overdue = [w["overdue"] for w in queue["items"]]
        assert overdue == sorted(overdue, reverse=True)

    async def test_done_late_it_stays_escalated(self, town: Town) -> None:
        filing = await registered(town)
        await town.at(OVERDUE)
        await escalated(filing)
        await filing.admit(at=OVERDUE)
        state = await filing.state()
        assert [e["event"] for e in state["escalations"]] == ["ActionEscalated"]
        assert [a["late"] for a in state["actions"] if a["code"] == "check"] == [True]

    async def test_a_timely_check_entered_late_withdraws_it(self, town: Town) -> None:
        filing = await registered(town)
        await town.at(OVERDUE)
        await escalated(filing)
        await town.do("executor", f"{filing.path}/admission", {"at": stated("2019-11-27 17:00")})
        state = await escalated(filing, events=2)
        assert [e["event"] for e in state["escalations"]] == ["ActionEscalated", "EscalationWithdrawn"]
        assert [e["late"] for e in state["timeline"] if e["event"] == "ApplicationAdmitted"] == [False]
        assert "escalation-withdrawn" in [m["template"] for m in state["messages"]]
