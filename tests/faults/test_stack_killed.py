"""An installation of many processes while any of them is killed: nothing acknowledged is lost, nothing doubled or stuck.

FAULTS_SEED repeats a run, as far as a machine does the same twice; `make torture KILLS=200` is the long one.
"""

import os
import random
import time
from pathlib import Path

from tests.faults.journal import Journal
from tests.faults.siege import Operation, Siege, away, rolling_restart, scaled
from tests.faults.stack import Stack

KILLS = 12
OPERATIONS: tuple[Operation, ...] = (
    lambda stack: away(stack, "database", 5),
    lambda stack: scaled(stack, "notification", 3, 1, 2),
    lambda stack: rolling_restart(stack, "commission"),
)


async def test_each_acknowledged_command_took_effect_once_and_each_case_ended_as_worked_out(
    tmp_path: Path,
) -> None:
    seed = int(os.environ.get("FAULTS_SEED") or time.time())
    print(f"FAULTS_SEED={seed}")
    with Stack(tmp_path / "home") as stack, Journal(tmp_path / "journal") as journal:
        siege = Siege(stack, journal, random.Random(seed))
        print(f"ready after {await stack.ready():.0f} s")
        await siege.run(KILLS, OPERATIONS)
        found = await siege.damage()
        print(
            f"killed {dict(siege.kills)}, the longest recovery {max(siege.recoveries):.1f} s; {len(siege.cases)} cases"
        )
        await stack.do("down")
        assert await stack.nothing_left() == set()
    assert found == []
