"""`reglament explain`: a case's history in order, each fact with its paragraph, its deadline and what it rests on."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console

from reglament.asking.connect import application, connected


async def history(number: str) -> dict[str, Any]:
    """The state of the case and its facts, numbered in the order in which they were recorded. Raises Answered."""
    async with connected() as client:
        found = await application(client, number)
        state = await client.get(f"/api/notification/v1/applications/{found}")
        facts = await client.get(f"/api/notification/v1/facts/{found}")
    return tell(state, facts)


def tell(state: dict[str, Any], facts: list[dict[str, Any]]) -> dict[str, Any]:
    """The same, of what the services answered; what happened is told by the act's own hours."""
    entries = {entry["fact"]: entry for entry in state["timeline"]}
    places, zone = {fact["id"]: place for place, fact in enumerate(facts, 1)}, ZoneInfo(state["zone"])
    return {
        "number": state["number"],
        "status": state["status"],
        "edition": state["edition"],
        "facts": [_told(fact, places, entries.get(fact["id"]), zone) for fact in facts],
        "open": state["open"],
        "contradictions": state["contradictions"],
    }


def show(told: dict[str, Any], console: Console) -> None:
    console.print(f"[bold]{told['number']}[/]: {told['status']['title']}  [dim]edition {told['edition'][:12]}[/]")
    for fact in told["facts"]:
        paragraph = f" {fact['paragraph']}" if fact["paragraph"] else ""
        console.print(f"{fact['place']:3}. {fact['at']} [bold]{fact['event']}[/]{paragraph}", highlight=False)
        for line in fact["lines"]:
            console.print(f"       [dim]{line}[/]", highlight=False)
    for step in told["open"]:
        console.print(
            f"  →  open: {step['title']} ({step['role_name']}), until {step['due'] or 'no term'} {step['paragraph']}"
        )
    for contradiction in told["contradictions"]:
        console.print(f"  ≠  {contradiction['about']}: {contradiction['in_use']}: {contradiction['why']}", style="dim")


def _told(fact: dict[str, Any], places: dict[str, int], entry: dict[str, Any] | None, zone: ZoneInfo) -> dict[str, Any]:
    step = fact["data"].get("step") or {}
    happened = step.get("happened_at") or fact["data"]["happened_at"]
    rests = [f"no. {places[i]}" if i in places else f"a fact that hasn't come ({i})" for i in step.get("rests_on", [])]
    return {
        "place": places[fact["id"]],
        "id": fact["id"],
        "at": datetime.fromisoformat(happened).astimezone(zone).isoformat(timespec="seconds"),
        "event": fact["type"],
        "service": fact["stream"].partition(":")[0],
        "paragraph": step.get("paragraph"),
        "rests_on": step.get("rests_on", []),
        "lines": _lines(fact, step, entry, rests),
    }


def _lines(fact: dict[str, Any], step: dict[str, Any], entry: dict[str, Any] | None, rests: list[str]) -> list[str]:
    lines = [
        f"recorded {fact['recorded_at']} by {fact['stream'].partition(':')[0]} as {fact['meta'].get('role', 'system')}"
    ]
    if step:
        part = f" by {step['part']}" if step.get("part") else ""
        lines.append(f"step {step['step']}{part}: {'undone' if step.get('undone') else step['outcome']}")
    if entry and entry["due"]:
        lines += [f"{'late: ' if entry['late'] else ''}{'; '.join(entry['because'])}"]
    if rests:
        lines.append(f"rests on {', '.join(rests)}")
    if entry and entry["standing"] != "stands":
        lines.append(f"doesn't count any more: {entry['standing']}")
    return lines
