"""Accounts of officials, providers, bodies, and the legal clock of a demonstration."""

import re
from typing import Annotated

import typer

from reglament.operate.asking import AsJson, ask, indented, say

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

account = typer.Typer(no_args_is_help=True, help="Accounts of officials.")
body = typer.Typer(no_args_is_help=True, help="Bodies that decide, and their seats.")
provider = typer.Typer(no_args_is_help=True, help="Providers, as the procedures name them.")
clock = typer.Typer(no_args_is_help=True, help="Legal time of a demonstration.")


@account.command("add")
def add_account(
    name: str,
    role: Annotated[
        list[str], typer.Option(help="A role, role@provider, role@body (its id) or role@BIN@body; again and again.")
    ],
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


def _grant(text: str) -> dict[str, str]:
    """A body has a UUID; everything else that comes after a role is a provider, or an organisation that reports."""
    role, *places = text.split("@")
    return {"role": role, **{"body" if UUID.fullmatch(place) else "provider": place for place in places}}
