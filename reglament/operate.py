"""Commands of those who run an installation, given over REST with the operator's token."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any, TypeVar

import httpx
import typer
from rich.console import Console
from websockets.exceptions import ConnectionClosed

from reglament import backup as backups
from reglament import explain, watch
from reglament.client import Answered, Client
from reglament.connect import NotServing, UnknownNumber, connected, folder, log_in
from reglament.demo.show import Show
from reglament.home import Unusable
from shared.contracts.topics import SERVICES

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Subject = Annotated[str | None, typer.Argument()]
CANNOT = (
    NotServing,
    UnknownNumber,
    Answered,
    backups.CannotRestore,
    ConnectionClosed,
    Unusable,
    httpx.HTTPError,
    httpx.InvalidURL,
    OSError,
    UnicodeError,
)
T = TypeVar("T")

app = typer.Typer(no_args_is_help=True)
parked = typer.Typer(
    no_args_is_help=True, help="Facts that a reader can't take up, and records that can't enter a log."
)
account = typer.Typer(no_args_is_help=True, help="Accounts of officials.")
body = typer.Typer(no_args_is_help=True, help="Bodies that decide, and their seats.")
provider = typer.Typer(no_args_is_help=True, help="Providers, as the procedures name them.")
clock = typer.Typer(no_args_is_help=True, help="Legal time of a demonstration.")


def done(work: Awaitable[T], waiting_for: str = "") -> T:
    """Wait for it, under a line that moves where it takes long; what can't be done is said in a line, exit code 2."""

    async def wait() -> T:
        return await work

    try:
        with Console(stderr=True).status(waiting_for) if waiting_for else nullcontext():
            return asyncio.run(wait())
    except CANNOT as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None


def ask(request: Callable[[Client], Awaitable[T]], waiting_for: str = "") -> T:
    async def asked() -> T:
        async with connected() as client:
            return await request(client)

    return done(asked(), waiting_for)


def say(told: Any, as_json: bool, text: Callable[[Any], str]) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else text(told))


@app.command("explain")
def explain_case(number: str, as_json: AsJson = False) -> None:
    """A case's history: each fact with its paragraph, deadline, and what it rests on."""
    told = done(explain.history(number))
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        explain.show(told, Console())


@app.command("watch")
def watch_case(number: str, as_json: AsJson = False) -> None:
    """The live cabinet of a case, until it ends or Ctrl-C."""
    show = Show(Console())

    def seen(state: dict[str, Any]) -> None:
        if as_json:
            typer.echo(json.dumps(state, ensure_ascii=False))
        else:
            show(state)
            show.open_steps(state)

    done(watch.watch(number, seen))


@app.command()
def rebuild(service: str, view: str, as_json: AsJson = False) -> None:
    """Build a read model anew from its service's log, beside the live one."""
    told = ask(lambda client: client.command(f"/api/{service}/v1/views/{view}/rebuild"), "Building it anew …")
    say(told, as_json, lambda t: f"{t['view']}: {t['rows']} rows")


@app.command()
def login(url: str, as_json: AsJson = False) -> None:
    """Log in at another installation, by IIN or BIN and password; later commands go there."""
    number = typer.prompt("IIN or BIN", err=True)
    done(log_in(url, number, typer.prompt("Password", hide_input=True, err=True)))
    say({"url": url}, as_json, lambda t: f"Logged in at {t['url']} until the token expires.")


@app.command()
def logout(as_json: AsJson = False) -> None:
    """Speak to this home's own installation again."""
    (folder() / "login.json").unlink(missing_ok=True)
    say({}, as_json, lambda _: "Logged out.")


# -- parked


@parked.command("list")
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


@parked.command("show")
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


@parked.command("retry")
def retry_parked(service: str, what: str, subject: Subject = None, as_json: AsJson = False) -> None:
    """Take it up again: `retry SERVICE READER SUBJECT` for a fact, `retry SERVICE RECORD` for a record."""
    path = f"parked/{what}/{subject}/retry" if subject else f"records/parked/{what}/retry"
    say(ask(lambda client: client.command(f"/api/{service}/v1/{path}")), as_json, lambda _: "Done.")


@parked.command("discard")
def discard_parked(
    service: str, what: str, subject: Subject = None, fact: Subject = None, as_json: AsJson = False
) -> None:
    """Give it up: `discard SERVICE READER SUBJECT FACT` (it stays in the log), `discard SERVICE RECORD` (for ever)."""
    path = f"parked/{what}/{subject}/{fact}" if fact else f"records/parked/{what}"
    say(ask(lambda client: client.command(f"/api/{service}/v1/{path}", method="DELETE")), as_json, lambda _: "Done.")


# -- accounts, providers, bodies


@account.command("add")
def add_account(
    name: str,
    role: Annotated[list[str], typer.Option(help="A role, or role@provider; may be given again.")],
    as_json: AsJson = False,
) -> None:
    """Open an account of an official, or add roles to it; asks for the IIN and the password."""
    number = typer.prompt("IIN", err=True)
    password = typer.prompt("Password of the account", hide_input=True, confirmation_prompt=True, err=True)
    grants = [_grant(r) for r in role]
    given = {"number": number, "name": name, "password": password, "grants": grants}
    say(ask(lambda client: client.command("/api/intake/v1/accounts", given)), as_json, lambda t: str(t["id"]))


@account.command("show")
def show_account(account_id: str, as_json: AsJson = False) -> None:
    say(ask(lambda client: client.get(f"/api/intake/v1/accounts/{account_id}")), as_json, indented)


@provider.command("list")
def list_providers(as_json: AsJson = False) -> None:
    """Every provider with its procedures: they come with the procedures' data."""
    found = ask(lambda client: client.get("/api/intake/v1/procedures"))
    say(found, as_json, lambda t: "\n".join(f"{p['provider']}  {p['code']}" for p in t))


@body.command("add")
def add_body(kind: str, provider_code: str, as_json: AsJson = False) -> None:
    """Form a body of a provider, such as competition-commission."""
    given = {"kind": kind, "provider": provider_code}
    say(ask(lambda client: client.command("/api/commission/v1/bodies", given)), as_json, lambda t: str(t["id"]))


@body.command("appoint")
def appoint(body_id: str, account_id: str, seat: str, since: str, name: str, as_json: AsJson = False) -> None:
    """Give somebody a seat (member, chair, deputy, secretary) from a day on."""
    given = {"account": account_id, "seat": seat, "since": since, "name": name}
    path = f"/api/commission/v1/bodies/{body_id}/appointments"
    say(ask(lambda client: client.command(path, given)), as_json, lambda _: "Done.")


@body.command("list")
def list_bodies(as_json: AsJson = False) -> None:
    found = ask(lambda client: client.get("/api/commission/v1/bodies"))
    say(found, as_json, lambda t: "\n".join(f"{b['id']}  {b['kind']}  {b['provider']}" for b in t))


@clock.command("show")
def show_clock(as_json: AsJson = False) -> None:
    say(ask(lambda client: client.get("/api/demonstration/v1/clock")), as_json, lambda t: str(t["now"]))


@clock.command("set")
def set_clock(to: str, as_json: AsJson = False) -> None:
    """Move legal time, forwards or back: an instant with its offset."""
    told = ask(lambda client: client.put("/api/demonstration/v1/clock", {"now": to}))
    say(told, as_json, lambda t: str(t["now"]))


# -- backup


@app.command()
def backup(
    to: Path,
    service: Annotated[list[str] | None, typer.Option(help="Only this one.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write every service's database and the vault below a folder, while the installation runs or not."""
    files = done(backups.backup(folder(), to, tuple(service or SERVICES)), "Copying, while commands wait …")
    say([str(f) for f in files], as_json, "\n".join)


@app.command()
def restore(source: Path, as_json: AsJson = False) -> None:
    """Make a new installation in REGLAMENT_HOME from a backup of all services."""
    names = done(backups.restore(folder(), source), "Bringing it back …")
    say(names, as_json, lambda t: "\n".join(f"restored {name}" for name in t))


def indented(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2)


def _grant(text: str) -> dict[str, str]:
    role, _, where = text.partition("@")
    return {"role": role, "provider": where} if where else {"role": role}


def _parked_line(p: dict[str, Any]) -> str:
    if p["kind"] == "record":
        return f"{p['service']}  record {p['record']}  {p['topic']}/{p['partition']}@{p['offset']}  {p['reason']}"
    why = p["error"] or (f"awaits {', '.join(p['awaits'])}" if p["awaits"] else "stands behind another")
    return f"{p['service']}  {p['reader']}  {p['subject']}  {why}  since {p['since']}"
