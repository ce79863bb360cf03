"""`reglament trace`: a case's facts as a tree, each below the newest of those that caused it or that it rests on."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from reglament.asking.client import Client
from reglament.asking.connect import application
from shared.contracts.topics import SERVICES

Fact = dict[str, Any]
WIDE = 10_000
"""Columns of what isn't a terminal: a line is as long as it is."""


async def trace(client: Client, number: str) -> dict[str, Any]:
    """The case's number and its facts, as each service that owns them has them. Raises Answered, UnknownNumber."""
    subject = await application(client, number)
    facts: dict[str, Fact] = {}
    for service in SERVICES:
        facts |= {f["id"]: f for f in await client.get(f"/api/{service}/v1/facts/{subject}") if f["id"] not in facts}
    order = {id: at for at, id in enumerate(sorted(facts, key=lambda i: (facts[i]["recorded_at"], i)))}
    below: dict[str | None, list[Fact]] = {}
    for id in order:
        below.setdefault(_parent(facts[id], order), []).append(facts[id])
    return {"number": number, "application": subject, "facts": [_told(fact, below) for fact in below.get(None, [])]}


def tree(told: dict[str, Any]) -> Tree:
    """The same for people."""
    root = Tree(f"[bold]{escape(told['number'])}[/]  [dim]{told['application']}[/]")
    for fact in told["facts"]:
        _grow(root, fact)
    return root


def show(told: dict[str, Any], console: Console) -> None:
    if not console.is_terminal:
        console.width = WIDE
    console.print(tree(told))


def _parent(fact: Fact, order: dict[str, int]) -> str | None:
    """The newest of what was recorded earlier and caused it or is rested on.

    A reaction reads the case as it stands, so its cause may be older than the fact that it answers.
    """
    grounds = [fact["meta"].get("cause"), *(fact["data"].get("step") or {}).get("rests_on", [])]
    earlier = [g for g in grounds if order.get(g, len(order)) < order[fact["id"]]]
    return max(earlier, key=lambda g: order[g]) if earlier else None


def _told(fact: Fact, below: dict[str | None, list[Fact]]) -> dict[str, Any]:
    meta, step = fact["meta"], fact["data"].get("step") or {}
    return {
        "id": fact["id"],
        "type": fact["type"],
        "service": fact["stream"].partition(":")[0],
        "version": fact["version"],
        "recorded_at": fact["recorded_at"],
        "step": step.get("step"),
        "part": step.get("part"),
        "outcome": step.get("outcome"),
        "undone": step.get("undone", False),
        "role": meta.get("role"),
        "cause": meta.get("cause"),
        "rests_on": step.get("rests_on", []),
        "correlation": meta.get("correlation"),
        "trace": _trace_id(meta.get("traceparent")),
        "facts": [_told(child, below) for child in below.get(fact["id"], [])],
    }


def _trace_id(traceparent: str | None) -> str | None:
    """The second part of a W3C traceparent."""
    return traceparent.split("-")[1] if traceparent else None


def _grow(branch: Tree, fact: dict[str, Any]) -> None:
    grown = branch.add(escape("  ".join(_words(fact))), highlight=False)
    for child in fact["facts"]:
        _grow(grown, child)


def _words(fact: dict[str, Any]) -> Iterator[str]:
    yield f"{fact['type']} ({fact['service']})"
    if fact["step"]:
        part = f" by {fact['part']}" if fact["part"] else ""
        yield f"{fact['step']}{part}: {'undone' if fact['undone'] else fact['outcome']}"
    yield str(fact["recorded_at"])
    if fact["trace"]:
        yield f"trace {fact['trace']}"
