"""Spans and traces by themselves, with and without a collector."""

import asyncio
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from shared.kernel.log import NewRow
from shared.telemetry.correlation import current_correlation
from shared.telemetry.exporting import exporting
from shared.telemetry.service import serving
from shared.telemetry.spans import each, link, recording, span, taken_up
from shared.telemetry.tracing import continued, current_traceparent
from tests.telemetry.collector import Seen, collecting

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"
CORRELATION = "6f1f2c1e-0000-4000-8000-000000000009"


def fact(meta: dict[str, str]) -> NewRow:
    at = datetime(2019, 3, 11, tzinfo=UTC)
    return NewRow(uuid4(), "intake:a-1", 1, "a-1", "ApplicationRegistered", "{}", json.dumps(meta), at)


class TestWithoutACollector:
    def test_a_command_has_a_trace_of_which_nothing_is_recorded(self) -> None:
        assert current_traceparent() is None
        with span("command"):
            assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", current_traceparent() or "")
        assert current_traceparent() is None

    def test_what_is_within_it_has_the_same(self) -> None:
        with span("command"):
            outer = current_traceparent()
            with span("append"), each("view", [fact({"traceparent": PARENT})]):
                assert current_traceparent() == outer

    def test_a_trace_that_came_goes_on(self) -> None:
        with continued(PARENT), span("command"):
            assert current_traceparent() == PARENT

    @pytest.mark.parametrize(
        "wrong", ["", "00-xyz", PARENT[:-1], f"00-{'0' * 32}-b7ad6b7169203331-01", PARENT.replace("00-", "ff-", 1)]
    )
    def test_what_names_no_trace_is_passed_over(self, wrong: str) -> None:
        with continued(wrong):
            assert current_traceparent() is None

    def test_an_empty_address_means_nowhere(self) -> None:
        with exporting(""):
            assert not recording()


class TestAFactThatIsTakenUp:
    def test_gives_its_trace_and_correlation_to_what_follows(self) -> None:
        with taken_up(fact({"traceparent": PARENT, "correlation": CORRELATION})):
            assert (current_traceparent(), str(current_correlation())) == (PARENT, CORRELATION)

    def test_without_any_begins_none(self) -> None:
        with taken_up(fact({})):
            assert (current_traceparent(), current_correlation()) == (None, None)


async def exported(work: str) -> list[Seen]:
    """The spans of one piece of work, described by a word."""
    with collecting() as collected, exporting(collected.url) as flush:
        with serving("intake"), continued(PARENT):
            _do(work)
        await asyncio.to_thread(flush)
    return collected.spans


def _do(work: str) -> None:
    match work:
        case "fails":
            with pytest.raises(ValueError, match="900101300017"), span("command"), each("view", [_other()]):
                raise ValueError("IIN 900101300017 isn't known")
        case "rests on another case's fact":
            with span("command"):
                link([_other(), fact({"traceparent": PARENT}), fact({})])
        case "takes two facts":
            with each("relay", [_other(), fact({})]):
                pass


def _other() -> NewRow:
    return fact({"traceparent": PARENT.replace(TRACE, "1" * 32)})


class TestWithACollector:
    async def test_a_failure_is_told_by_its_type_alone(self) -> None:
        view, command = await exported("fails")
        assert (view.name, command.name, command.service) == (
            "view ApplicationRegistered",
            "command",
            "reglament-intake",
        )
        for seen in (view, command):
            assert '"ValueError"' in seen.text
            assert "900101300017" not in seen.text

    async def test_a_command_points_at_the_traces_that_its_facts_rest_on(self) -> None:
        [command] = await exported("rests on another case's fact")
        assert (command.trace, command.parent, command.links) == (TRACE, "b7ad6b7169203331", ("1" * 32,))

    async def test_what_is_done_with_a_fact_is_in_the_trace_of_that_fact(self) -> None:
        [relay] = await exported("takes two facts")  # the second fact names no trace
        assert (relay.name, relay.trace) == ("relay ApplicationRegistered", "1" * 32)

    def test_a_child_has_one_thread(self) -> None:
        """With two it couldn't enter a user namespace, as PostgreSQL started by root does."""
        with collecting() as collected, exporting(collected.url):
            child = os.fork()
            if child == 0:
                os._exit(len(list(Path("/proc/self/task").iterdir())))
            assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1

    async def test_that_is_away_hinders_nobody(self) -> None:
        with exporting("http://127.0.0.1:9"), span("command"):
            assert (current_traceparent() or "").endswith("-01")
        assert not recording()
