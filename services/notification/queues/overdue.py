"""How many open steps are overdue: for the metrics alone."""

from shared.kernel.node import Node
from shared.telemetry.metrics import OVERDUE

COUNT = (
    "select (select count(*) from views.queue where escalated) as escalated,"
    " (select count(*) from views.queue where not escalated and due < $1) as untold"
)


async def measure_overdue(node: Node) -> None:
    """By legal time; those that were escalated, and those that the sweep has yet to see or to tell."""
    [row] = await node.log.pool.fetch(COUNT, await node.clock.now())
    OVERDUE.labels(node.service.name, "true").set(row["escalated"])
    OVERDUE.labels(node.service.name, "false").set(row["untold"])
