"""A case in the terminal: what was done and told, by its own hours and in its order, however wide the terminal is."""

from io import StringIO
from typing import Any

from rich.console import Console

from reglament.asking import explain, trace
from reglament.demo.show import Show
from shared.identity.roles import Role
from shared.texts.texts import name_of

CASE: dict[str, Any] = {
    "number": "UST/2024/000001",
    "procedure": {"title": "Grants"},
    "provider": {"title": "Ustirt region"},
    "zone": "Asia/Qyzylorda",
    "status": {"code": "in-progress", "title": "In progress"},
    "edition": "0" * 64,
    "total_due": None,
    "open": [],
    "contradictions": [],
}


def done(fact: str, title: str, at: str) -> dict[str, Any]:
    who = {"role_name": "executor", "part": None, "paragraph": "§5", "due": None}
    return {"fact": fact, "title": title, "at": at, "outcome": "done", "standing": "stands", **who}


def told(message: str, title: str, at: str) -> dict[str, Any]:
    return {"id": message, "title": title, "at": at}


class TestWhatWasDoneAndTold:
    def test_stands_in_the_order_of_its_instants(self) -> None:
        paper = StringIO()
        timeline = [
            done("1", "Convening", "2024-10-14T10:00:00+05:00"),
            done("2", "The sitting", "2024-10-21T10:00:00+05:00"),
        ]
        messages = [told("3", "The application is on the agenda", "2024-10-14T10:00:00+05:00")]
        Show(Console(file=paper, width=200))({**CASE, "timeline": timeline, "messages": messages})
        lines = [line for line in paper.getvalue().splitlines() if line.startswith(("14.", "21."))]
        assert [line.split("  ")[0] for line in lines] == [
            "14.10.2024 10:00 ✓ Convening",
            "14.10.2024 10:00 ✉ The application is on the agenda",
            "21.10.2024 10:00 ✓ The sitting",
        ]

    def test_is_shown_once(self) -> None:
        paper = StringIO()
        show = Show(Console(file=paper, width=200))
        state = {**CASE, "timeline": [done("1", "Convening", "2024-10-14T10:00:00+05:00")], "messages": []}
        show(state)
        show(state)
        assert paper.getvalue().count("Convening") == 1


class TestAFactThatIsNoStep:
    def test_is_explained_by_the_acts_hours_too(self) -> None:
        named = {
            "id": "1",
            "type": "ExpertsNamed",
            "stream": "expertise:2",
            "recorded_at": "2024-10-16T05:00:00Z",
            "meta": {"role": "institute-head"},
            "data": {"happened_at": "2024-10-16T04:30:00Z"},
        }
        # five hours ahead of UTC since March 2024, as in all of the country
        [fact] = explain.tell({**CASE, "timeline": []}, [named])["facts"]
        assert fact["at"] == "2024-10-16T09:30:00+05:00"


class TestWhoSitsInABody:
    def test_is_named_alike_in_a_commission_and_a_council(self) -> None:
        assert name_of("roles", Role.MEMBER, "ru") == "член коллегиального органа"


class TestATraceThatGoesIntoAPipe:
    def test_is_cut_nowhere(self) -> None:
        leaf = {
            "type": "ApplicationRegistered",
            "service": "intake",
            "step": None,
            "recorded_at": "2024-10-14T04:00:00Z",
        }
        branch: dict[str, Any] = {**leaf, "trace": "f" * 32, "facts": [{**leaf, "trace": "e" * 32, "facts": []}]}
        paper = StringIO()
        trace.show({"number": "UST/2024/000001", "application": "2", "facts": [branch]}, Console(file=paper))
        assert [line[-38:] for line in paper.getvalue().splitlines()[1:]] == [f"trace {c * 32}" for c in "fe"]
