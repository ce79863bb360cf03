"""`reglament stuck`: what waits and since when, case by case, and who holds the oldest transaction."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from reglament.asking.client import Answered, Client
from shared.contracts.topics import SERVICES

LATE = {
    "source": "nothing was heard of {name}",
    "reader": "{name} is behind its log",
    "gap": "{name} hasn't come",
    "log": "it takes no commands: neighbours have {name} of its facts that it lacks",
}
Entry = dict[str, Any]


async def stuck(client: Client) -> dict[str, Any]:
    """What waits, oldest first, each with service, kind, subject, the case's number, what, since; raises Answered."""
    found: list[Entry] = []
    oldest: list[dict[str, Any]] = []
    for service in SERVICES:
        held = await client.get(f"/api/{service}/v1/parked", waiting=True)
        records = await client.get(f"/api/{service}/v1/records/parked")
        lateness = await client.get(f"/api/{service}/v1/checks/late")
        found += [_held(service, h) for h in held]
        found += [_entry(service, "record", f"{r['topic']}: {r['reason']}", r["at"]) for r in records]
        found += [_late(service, entry) for entry in lateness["late"]]
        oldest += [lateness["oldest_transaction"]] if lateness["oldest_transaction"] else []
    numbers = await _numbers(client, {e["subject"] for e in found if e["subject"]})
    waiting = [e | {"number": numbers.get(e["subject"] or "")} for e in found]
    return {"waiting": sorted(waiting, key=lambda e: e["since"] or ""), "oldest_transaction": _oldest(oldest)}


def lines(told: dict[str, Any]) -> list[str]:
    """The same for people."""
    shown = [
        f"{e['service']}  {e['kind']}  {e['number'] or e['subject'] or '-'}  {e['what']}"
        + (f"  since {e['since']}" if e["since"] else "")
        for e in told["waiting"]
    ]
    if t := told["oldest_transaction"]:
        state = f", {t['state']}" if t["state"] else ""
        shown.append(f"oldest transaction: process {t['pid']} ({t['application']}{state}) since {t['since'] or '?'}")
    return shown or ["Nothing is stuck."]


def _entry(service: str, kind: str, what: str, since: str | None, subject: str | None = None) -> Entry:
    return {"service": service, "kind": kind, "subject": subject, "what": what, "since": since}


def _held(service: str, held: dict[str, Any]) -> Entry:
    if held["error"]:
        return _entry(service, "parked", f"{held['reader']}: {held['error']}", held["since"], held["subject"])
    why = f"awaits {', '.join(held['awaits'])}" if held["awaits"] else "stands behind another"
    return _entry(service, "waiting", f"{held['reader']} {why}", held["since"], held["subject"])


def _late(service: str, late: dict[str, Any]) -> Entry:
    return _entry(service, late["kind"], LATE[late["kind"]].format(**late), late["since"], late["subject"])


async def _numbers(client: Client, subjects: Iterable[str]) -> dict[str, str]:
    """The numbers of these cases, where they are cases and their registration is known."""
    found: dict[str, str] = {}
    for subject in subjects:
        with suppress(Answered):
            facts = await client.get(f"/api/intake/v1/facts/{subject}")
            found.update((subject, f["data"]["number"]) for f in facts if f["type"] == "ApplicationRegistered")
    return found


def _oldest(found: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Of the same session, what its own service knows of it: others see neither since when nor in which state."""
    known = [t for t in found if t["since"]]
    return min(known, key=lambda t: str(t["since"])) if known else next(iter(found), None)
