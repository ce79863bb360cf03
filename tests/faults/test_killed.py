"""The whole system killed at random while cases run: nothing acknowledged is lost, nothing doubled, changed or stuck.

FAULTS_SEED repeats a run, as far as a machine does the same twice; FAULTS_TIMES=10 makes it ten times as long.
"""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from tests.faults import counting
from tests.faults.journal import Journal
from tests.faults.ordeal import Ordeal, nodes_of
from tests.faults.outcomes import otherwise
from tests.faults.process import System
from tests.support.waiting import PATIENCE


@pytest.mark.parametrize(("mode", "seconds"), [("embedded", 12), ("kafka", 12)])
async def test_each_acknowledged_command_took_effect_once_and_each_case_ended_as_worked_out(
    mode: str, seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reglament.asking.client.PATIENCE", PATIENCE)
    monkeypatch.setattr("reglament.demo.driver.PATIENCE", PATIENCE)
    seed, began = int(os.environ.get("FAULTS_SEED") or time.time()), time.monotonic()
    print(f"FAULTS_SEED={seed}")
    with System(tmp_path / "home", mode) as system, Journal(tmp_path / "journal") as journal:
        ordeal = Ordeal(system, journal, random.Random(seed))
        await system.ready()
        await ordeal.run(seconds * float(os.environ.get("FAULTS_TIMES") or 1))
        assert await system.stop(signal.SIGTERM) == 0
        assert await system.nothing_left() == set()
        told = journal.told()
    with EmbeddedPostgres(system.home) as postgres:
        async with nodes_of(postgres) as nodes:
            logs = {service: node.log for service, node in nodes.items()}
            found = await counting.damage(logs, told)
            found += [line for node in nodes.values() for line in await counting.views(node)]
            found += await otherwise(logs, ordeal.states)
            facts = await counting.numbers(logs)
    print(f"{mode}: killed {dict(ordeal.kills)}; {len(told)} commands, {journal.repeated} times sent again for want")
    print(f"of an answer; {len(ordeal.states)} cases; facts {facts}; {time.monotonic() - began:.0f} s")
    assert found == []
