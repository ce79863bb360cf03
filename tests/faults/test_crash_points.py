"""A process that dies at each named point of the kernel and the transport, twenty times: as if nothing had happened."""

import asyncio
from uuid import uuid4

import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from shared.kernel import points
from shared.transport.cluster import Cluster, create_topics
from tests.faults.crashing import CASES, CRASHES, case, points_in, reached, world
from tests.faults.recording import SEAL
from tests.kafka.running import Link

EACH = 8
"""Facts of each case: twenty crashes between two commands each are 40 commands, on five cases in turn."""
KNOWN = {case(n): EACH for n in range(CASES)} | {f"note-{case(n)}": EACH for n in range(CASES)}
"""What anybody knows in the end: the facts of the cases, and for each of them one that the reaction noted."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # who is killed closes nothing
@pytest.mark.parametrize("over_kafka", [False, True], ids=["of the kernel", "of the transport"])
async def test_dying_at_any_point_changes_nothing(
    over_kafka: bool, postgres: EmbeddedPostgres, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(points, "reached", reached)
    bootstrap = request.getfixturevalue("kafka") if over_kafka else None
    named = points_in("transport" if over_kafka else "kernel")
    assert len(named) >= 5
    found = await asyncio.gather(*(dying_at(point, postgres, bootstrap) for point in named))
    assert dict(zip(named, found, strict=True)) == {point: [] for point in named}


async def dying_at(point: str, postgres: EmbeddedPostgres, bootstrap: str | None) -> list[str]:
    """Twenty times, in a world of its own; what is wrong with it afterwards."""
    small = await world(postgres, await topics_at(bootstrap) if bootstrap else None)
    for crash in range(CRASHES):
        await small.crash_at(point, first=2 * crash)
    await small.quiet()
    found = await small.damage()
    known = {"intake": await small.facts("intake"), "commission": await small.facts("commission")}
    found += [f"{who} knows {facts}" for who, facts in known.items() if facts != KNOWN]
    found += [f"the view shows {shown}"] if (shown := await small.shown()) != KNOWN else []
    await small.close()
    return found


async def topics_at(bootstrap: str) -> Link:
    link = Link(Cluster(bootstrap, prefix=f"{uuid4().hex[:8]}."), SEAL)
    await create_topics(link.cluster)
    return link
