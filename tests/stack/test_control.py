"""What the command line and the supervisor tell one another in the home."""

import os
from pathlib import Path

import pytest

from reglament.stack.control import (
    REQUESTS,
    NothingRuns,
    Request,
    Row,
    State,
    ask,
    asked,
    begun,
    claim,
    known,
    note,
    ourselves,
)


@pytest.fixture
def running(tmp_path: Path) -> State:
    """Noted by a supervisor that lives: this process."""
    row = Row("intake-api-1", "intake", "api", 4711, 18001, ready=True)
    state = State(os.getpid(), begun(os.getpid()) or 0, "http://127.0.0.1:8000", [row])
    note(tmp_path, state)
    return state


class TestWhenASupervisorRuns:
    def test_everybody_can_read_what_runs(self, running: State, tmp_path: Path) -> None:
        assert known(tmp_path) == running

    def test_requests_are_taken_in_order_and_once(self, running: State, tmp_path: Path) -> None:
        first, second = Request(do="scale", name="intake-api", count=2), Request(do="restart", name="front", pid=7)
        ask(tmp_path, first)
        ask(tmp_path, second)
        assert list(asked(tmp_path)) == [first, second]
        assert list(asked(tmp_path)) == []

    def test_a_request_that_makes_no_sense_is_passed_over(self, running: State, tmp_path: Path) -> None:
        (tmp_path / REQUESTS).mkdir()
        (tmp_path / REQUESTS / "0.json").write_text('{"do": "explode", "name": "front"}')
        ask(tmp_path, Request(do="scale", name="intake-api", count=0))
        assert [r.do for r in asked(tmp_path)] == ["scale"]

    def test_another_start_leaves_what_is_noted(self, running: State, tmp_path: Path) -> None:
        assert not claim(tmp_path, ourselves("http://127.0.0.1:9000"))
        assert known(tmp_path) == running


class TestWhenOneIsOnlyStarting:
    def test_it_is_known_without_processes(self, tmp_path: Path) -> None:
        assert claim(tmp_path, ourselves("http://127.0.0.1:8000"))
        assert (known(tmp_path).supervisor, known(tmp_path).processes) == (os.getpid(), [])


class TestWhenNoneRuns:
    def test_nothing_is_known(self, tmp_path: Path) -> None:
        with pytest.raises(NothingRuns, match="reglament stack"):
            known(tmp_path)

    def test_what_a_killed_one_left_is_not_believed(self, running: State, tmp_path: Path) -> None:
        # Its number lives on, in a process that began later.
        note(tmp_path, State(running.supervisor, running.begun - 1, running.url, running.processes))
        with pytest.raises(NothingRuns, match="killed"):
            known(tmp_path)
