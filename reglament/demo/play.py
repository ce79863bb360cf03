"""One demonstration case from start to end, and what is told of it."""

import time
from typing import Any

import httpx

from reglament.asking.client import Client
from reglament.demo.case import Worked, instant
from reglament.demo.driver import Driver, Seen
from reglament.demo.stage import Stage
from shared.procedure.editions import Published

ACTION = ("code", "actor", "started_at", "due_at", "completed_at", "paragraph", "because", "event")


async def play(url: str, token: str, published: Published, worked: Worked, seen: Seen) -> dict[str, Any]:
    """Run a worked case through the interface at `url`; the operator's token sets the stage. Raises Answered."""
    began = time.monotonic()
    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        stage = Stage(http, Client(http, token), published)
        await stage.set(instant(worked.acts[0].receipt or worked.acts[0].at, stage.zone))
        driver = Driver(stage, worked, seen)
        state = await driver.play()
    return told(state, published, time.monotonic() - began)


def told(state: dict[str, Any], published: Published, seconds: float) -> dict[str, Any]:
    """The one JSON object of `reglament demo --json`."""
    result = state["result"] or {}
    return {
        "application": {"id": state["id"], "number": state["number"]},
        "procedure": published.edition.code,
        "edition": published.digest,
        "channel": state["channel"],
        "outcome": result.get("outcome"),
        "actions": [{key: action[key] for key in ACTION} for action in state["actions"]],
        "escalations": [{key: told[key] for key in ("event", "action", "due")} for told in state["escalations"]],
        "cabinet": {"status": state["status"]["code"], "timeline": state["timeline"]},
        "seconds": round(seconds, 2),
    }


def differences(result: dict[str, Any], published: Published, worked: Worked) -> list[str]:
    """What came otherwise than worked out by hand."""
    zone, found = published.edition.act.zone, [f"outcome {result['outcome']}, expected {worked.expect.outcome}"]
    found = [] if result["outcome"] == worked.expect.outcome else found
    escalations = [(e.event, e.action, instant(e.due_at, zone).isoformat()) for e in worked.expect.escalations]
    if escalations and escalations != (came := [(e["event"], e["action"], e["due"]) for e in result["escalations"]]):
        found.append(f"escalations {came}, expected {escalations}")
    codes = [a["code"] for a in result["actions"]]
    if codes != [e.code for e in worked.expect.actions]:
        return [*found, f"actions {codes}, expected {[e.code for e in worked.expect.actions]}"]
    for action, expected in zip(result["actions"], worked.expect.actions, strict=True):
        for key in ("started_at", "due_at", "completed_at"):
            came, wanted = action[key][:16], instant(getattr(expected, key), zone).isoformat()[:16]
            found += [f"{action['code']}: {key} {came}, expected {wanted}"] if came != wanted else []
    return found
