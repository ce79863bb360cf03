"""The whole system killed at random while cases run: nothing acknowledged is lost, nothing doubled, changed or stuck.

FAULTS_SEED repeats a run, as far as a machine does the same twice; FAULTS_TIMES=10 makes it ten times as long.
"""

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from shared.kernel.log import Log
from tests.faults import counting
from tests.faults.journal import Journal
from tests.faults.ordeal import Ordeal, nodes_of
from tests.faults.process import PATIENCE, System

ADMITTED = {"ApplicationRegistered": 1, "ApplicationAdmitted": 1, "ApplicationScheduled": 1}
DECIDED = ADMITTED | {"SittingHeld": 1, "ApplicationDecided": 1, "ProtocolDrawn": 1, "ProtocolApproved": 1}
FACTS: dict[str, dict[str, int]] = {
    # Four of five are present: three sign, the chair approves. Two notices: admitted, granted. The third party's
    # signature is ContractSigned.
    "granted": DECIDED
    | {"ProtocolSigned": 3, "ApplicantNotified": 2, "ContractDrawn": 1, "ContractPartySigned": 2, "ContractSigned": 1},
    "refused-by-commission": DECIDED | {"ProtocolSigned": 3, "ApplicantNotified": 2},
    "refused": {"ApplicationRegistered": 1, "ApplicationRefused": 1, "ApplicantNotified": 1},
    # Notified of the admission alone: the withdrawal is the applicant's own.
    "withdrawn": ADMITTED | {"WithdrawalRequested": 1, "ApplicationWithdrawn": 1, "ApplicantNotified": 1},
    # All five are present; the provider signs, then the applicant declines.
    "declined": DECIDED
    | {
        "ProtocolSigned": 4,
        "ApplicantNotified": 2,
        "ContractDrawn": 1,
        "ContractPartySigned": 1,
        "ContractDeclined": 1,
    },
}
"""The public facts of each worked case, counted by hand from its acts."""
VOTES = {"granted": 4, "refused-by-commission": 4, "declined": 5}
OUTCOMES = {"granted": "contract", "refused-by-commission": "refused"}
OWN = "select type, count(*) from events where subject = $1 and origin is null group by type"
VOTED = "select count(*), count(distinct (stream, data)) from events where type = 'sitting.voted'"


@pytest.mark.parametrize(("mode", "seconds"), [("embedded", 25), ("kafka", 12)])
async def test_each_acknowledged_command_took_effect_once_and_each_case_ended_as_worked_out(
    mode: str, seconds: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reglament.client.PATIENCE", PATIENCE)
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
            found += [line for case in ordeal.states for line in [*ended(*case), *await as_worked_out(logs, *case)]]
            found += await votes(logs["commission"], [name for name, _, _ in ordeal.states])
            facts = await counting.numbers(logs)
    print(f"{mode}: killed {dict(ordeal.kills)}; {len(told)} commands, {journal.repeated} times sent again for want")
    print(f"of an answer; {len(ordeal.states)} cases; facts {facts}; {time.monotonic() - began:.0f} s")
    assert found == []


def ended(name: str, application: str, state: dict[str, Any]) -> list[str]:
    outcome = OUTCOMES.get(name, name)
    as_it_should = (state["result"] or {}).get("outcome") == outcome and not state["open"] and not state["withdrawal"]
    return [] if as_it_should else [f"{name} {application} stands at {state['status']}, open {state['open']}"]


async def as_worked_out(logs: dict[str, Log], name: str, application: str, _: dict[str, Any]) -> list[str]:
    rows = [row for log in logs.values() for row in await log.pool.fetch(OWN, application)]
    came = dict(sum((Counter({r["type"]: r["count"]}) for r in rows), Counter[str]()))
    return [] if came == FACTS[name] else [f"{name} {application} has the facts {came}"]


async def votes(log: Log, names: list[str]) -> list[str]:
    """Each member voted once on each item."""
    wanted = sum(VOTES.get(name, 0) for name in names)
    (came,) = await log.pool.fetch(VOTED)
    return [] if tuple(came) == (wanted, wanted) else [f"votes {tuple(came)}, not {wanted}"]
