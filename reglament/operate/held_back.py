"""`reglament parked`: what is held back, shown, taken up again, given up."""

from typing import Annotated, Any

import typer

from reglament.asking.client import Client
from reglament.operate.asking import AsJson, ask, indented, say
from shared.contracts.topics import SERVICES

Subject = Annotated[str | None, typer.Argument()]
app = typer.Typer(no_args_is_help=True, help="Facts that a reader can't take up, and records that can't enter a log.")


@app.command("list")
def list_parked(
    waiting: Annotated[bool, typer.Option(help="Also what only waits for other facts.")] = False,
    as_json: AsJson = False,
) -> None:
    """What is parked, in every service."""

    async def listed(client: Client) -> list[dict[str, Any]]:
        found = []
        for service in SERVICES:
            held = await client.get(f"/api/{service}/v1/parked", waiting=waiting)
            records = await client.get(f"/api/{service}/v1/records/parked")
            found += [{"service": service, "kind": "fact", **h} for h in held]
            found += [{"service": service, "kind": "record", **r} for r in records]
        return found

    say(ask(listed), as_json, lambda t: "\n".join(_parked_line(p) for p in t) or "Nothing is parked.")


@app.command("show")
def show_parked(service: str, what: str, subject: Subject = None, as_json: AsJson = False) -> None:
    """What is parked, whole: `show SERVICE READER SUBJECT` for a fact, `show SERVICE RECORD` for a record (base64)."""

    async def shown(client: Client) -> Any:
        if subject is None:
            return await client.get(f"/api/{service}/v1/records/parked/{what}")
        held = await client.get(f"/api/{service}/v1/parked", waiting=True)
        facts = {fact["id"]: fact for fact in await client.get(f"/api/{service}/v1/facts/{subject}")}
        mine = [h for h in held if (h["reader"], h["subject"]) == (what, subject)]
        return [{**h, "fact": facts.get(h["fact"], h["fact"])} for h in mine]

    say(ask(shown), as_json, indented)


@app.command("retry")
def retry_parked(service: str, what: str, subject: Subject = None, as_json: AsJson = False) -> None:
    """Take it up again: `retry SERVICE READER SUBJECT` for a fact, `retry SERVICE RECORD` for a record."""
    path = f"parked/{what}/{subject}/retry" if subject else f"records/parked/{what}/retry"
    say(ask(lambda client: client.command(f"/api/{service}/v1/{path}")), as_json, lambda _: "Done.")


@app.command("discard")
def discard_parked(
    service: str, what: str, subject: Subject = None, fact: Subject = None, as_json: AsJson = False
) -> None:
    """Give it up: `discard SERVICE READER SUBJECT FACT` (it stays in the log), `discard SERVICE RECORD` (for ever)."""
    path = f"parked/{what}/{subject}/{fact}" if fact else f"records/parked/{what}"
    say(ask(lambda client: client.command(f"/api/{service}/v1/{path}", method="DELETE")), as_json, lambda _: "Done.")


def _parked_line(p: dict[str, Any]) -> str:
    if p["kind"] == "record":
        return f"{p['service']}  record {p['record']}  {p['topic']}/{p['partition']}@{p['offset']}  {p['reason']}"
    why = p["error"] or (f"awaits {', '.join(p['awaits'])}" if p["awaits"] else "stands behind another")
    return f"{p['service']}  {p['reader']}  {p['subject']}  {why}  since {p['since']}"
