"""A process under the supervisor, at instants of a clock that the test moves."""

import signal
from dataclasses import dataclass, field

import pytest

from reglament.stack.child import Child, Phase


@dataclass
class Played:
    """A process of the test's making."""

    pid: int
    code: int | None = None
    heard: list[signal.Signals] = field(default_factory=list)

    def poll(self) -> int | None:
        return self.code

    def send_signal(self, number: signal.Signals) -> None:
        self.heard.append(number)


@dataclass
class Stage:
    """A child, and every process that it has started."""

    once: bool = False
    ready: bool = False
    started: list[Played] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.child = Child("some", self._spawn, lambda: self.ready, once=self.once)

    def _spawn(self) -> Played:
        self.started.append(Played(100 + len(self.started)))
        return self.started[-1]

    def at(self, *instants: float) -> Phase:
        for instant in instants:
            self.child.tick(instant)
        return self.child.phase


@pytest.fixture
def running() -> Stage:
    """Ready since the instant 0."""
    stage = Stage(ready=True)
    stage.at(0, 0)
    return stage


class TestWhenNothingRunsYet:
    def test_it_is_started_and_asked_until_it_is_ready(self) -> None:
        stage = Stage()
        assert stage.at(0, 1, 2) is Phase.STARTING
        stage.ready = True
        assert stage.at(3) is Phase.READY
        assert len(stage.started) == 1

    def test_what_runs_once_is_done_when_it_has_succeeded(self) -> None:
        stage = Stage(once=True)
        stage.at(0)
        stage.started[0].code = 0
        assert stage.at(1, 2, 3) is Phase.DONE
        assert len(stage.started) == 1

    def test_what_runs_once_is_tried_again_when_it_failed(self) -> None:
        stage = Stage(once=True)
        stage.at(0)
        stage.started[0].code = 1
        stage.at(1, 1.2)
        assert len(stage.started) == 2


class TestWhenItCannotBeStarted:
    def test_it_is_tried_again_a_little_later(self) -> None:
        tries: list[float] = []

        def refused() -> Played:
            tries.append(1)
            raise OSError

        child = Child("some", refused, lambda: True)
        for instant in (0, 0.05, 0.11):
            child.tick(instant)
        assert (len(tries), child.phase) == (2, Phase.WAITING)


class TestWhenItDies:
    def test_another_is_started_a_tenth_of_a_second_later(self, running: Stage) -> None:
        running.started[0].code = -9
        running.at(1, 1.05)
        assert len(running.started) == 1
        running.at(1.11)
        assert running.child.pid == 101

    def test_each_further_death_doubles_the_pause(self, running: Stage) -> None:
        # 0.1, then 0.2, then 0.4 seconds: deaths at 1, 1.2 and 1.5, so the fourth start is due at 1.9.
        for died, due in ((1.0, 1.11), (1.2, 1.41), (1.5, 1.91)):
            running.started[-1].code = -9
            before = len(running.started)
            running.at(died, due - 0.02)
            assert len(running.started) == before
            running.at(due)
            assert len(running.started) == before + 1

    def test_one_that_ran_for_long_is_started_as_at_first(self, running: Stage) -> None:
        running.child.failures = 6
        running.started[0].code = -9
        running.at(11, 11.11)
        assert len(running.started) == 2


class TestWhenItIsToGo:
    def test_it_is_told_only_after_nobody_is_sent_there_any_more(self, running: Stage) -> None:
        running.child.leave(10, again=False)
        assert running.at(10.1) is Phase.LEAVING
        assert running.started[0].heard == []
        running.at(10.31)
        assert running.started[0].heard == [signal.SIGTERM]

    def test_it_is_killed_when_it_takes_longer_than_ten_seconds(self, running: Stage) -> None:
        running.child.leave(10, again=False)
        running.at(10.31, 20.2)
        assert running.started[0].heard == [signal.SIGTERM]
        running.at(20.32)
        assert running.started[0].heard == [signal.SIGTERM, signal.SIGKILL]

    def test_it_stays_away(self, running: Stage) -> None:
        running.child.leave(10, again=False)
        running.started[0].code = 0
        assert running.at(10.4, 20) is Phase.DONE
        assert len(running.started) == 1

    def test_a_restart_is_no_failure_and_comes_at_once(self, running: Stage) -> None:
        running.child.leave(10, again=True)
        running.started[0].code = 0
        assert running.at(10.4, 10.4, 10.4) is Phase.READY
        assert running.child.pid == 101
        assert running.child.failures == 0

    def test_a_restart_that_comes_meanwhile_does_not_bring_it_back(self, running: Stage) -> None:
        running.child.leave(10, again=False)
        running.child.leave(10.1, again=True)
        running.started[0].code = 0
        assert running.at(10.4, 20) is Phase.DONE
        assert len(running.started) == 1
