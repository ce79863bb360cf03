"""`python -m tests.faults.torture --kills 200`: an installation with three brokers under fire, for long.

Prints one line of JSON on standard output: how often which processes were killed, and all damage by its kind. Exit 1: there
is damage. `--seed` repeats a run, as far as a machine does the same twice.
"""

import argparse
import asyncio
import json
import random
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.faults.journal import Journal
from tests.faults.siege import Operation, Siege, away, rolling_restart, scaled, tally
from tests.faults.stack import Stack

LONG = 100
"""From so many kills on the servers are away for a whole minute, and every service is restarted."""


async def torture(kills: int, brokers: int, seed: int, folder: Path) -> tuple[dict[str, Any], list[str]]:
    gone = 60 if kills >= LONG else 5
    services = () if kills >= LONG else ("intake",)
    operations: tuple[Operation, ...] = (
        lambda stack: scaled(stack, "notification", 3, 1, 2),
        lambda stack: rolling_restart(stack, *services),
        lambda stack: away(stack, "database", gone),
        lambda stack: away(stack, "broker", gone),
    )
    with Stack(folder / "home", brokers) as stack, Journal(folder / "journal") as journal:
        siege = Siege(stack, journal, random.Random(seed))
        await stack.ready()
        telling = asyncio.ensure_future(tell(siege))
        await siege.run(kills, operations)
        telling.cancel()
        found = await siege.damage()
        await stack.do("down")
        found += [f"process {left.pid} is left" for left in await stack.nothing_left()]
    done = {"kills": dict(siege.kills), "cases": len(siege.cases), "facts": siege.facts, **tally(found)}
    return done | {"longest_recovery_seconds": round(max(siege.recoveries, default=0), 1), "seed": seed}, found


async def tell(siege: Siege) -> None:
    """Every ten seconds on standard error, how far it is."""
    while True:
        told = len(siege.journal.told())
        print(
            f"{sum(siege.kills.values())} kills, {len(siege.cases)} cases, {told} commands", file=sys.stderr, flush=True
        )
        await asyncio.sleep(10)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.torture")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--brokers", type=int, default=3, choices=(1, 3))
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a stack in its own session would live on
    with tempfile.TemporaryDirectory(prefix="torture-") as folder:
        summary, found = asyncio.run(torture(given.kills, given.brokers, given.seed, Path(folder)))
    print("\n".join(found), file=sys.stderr)
    print(json.dumps(summary))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
